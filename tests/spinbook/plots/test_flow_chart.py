import matplotlib.pyplot as plt

from spinbook.plots import style
from spinbook.plots.flow_chart import flow_chart


def test_steps_stand_below_each_other_and_decisions_differ():
    figure = flow_chart(["one", "two?", "three"], decisions=[1], back=(2, 0, "again"))
    (axis,) = figure.axes
    texts = {text.get_text(): text.get_position()[1] for text in axis.texts if text.get_text()}
    assert texts["one"] > texts["two?"] > texts["three"]
    assert texts["again"] == (texts["one"] + texts["three"]) / 2
    colors = [patch.get_facecolor() for patch in axis.patches if isinstance(patch, plt.Rectangle)]
    assert len(colors) == 3
    assert colors[0] == colors[2] != colors[1]
    assert style.contrast("black", colors[1][:3]) > 4.5
    # Two arrows down and one back.
    assert sum(bool(text.arrow_patch) for text in axis.texts if hasattr(text, "arrow_patch")) == 3
    plt.close(figure)
