"""What a reader sees: the HTML that chapters show, notebooks, and the folder that jupyter-book reads."""
