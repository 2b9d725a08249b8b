from experiments.dp.published_rates import RTX_3060, TABLE_I, TABLE_III, TPU


def test_the_tables_agree_where_the_paper_does():
    """Table I gives the largest lattice's range over batch sizes, which are the last two rows of Table III."""
    assert tuple(rate for _, _, rate in TABLE_III["GPU (RTX 3060)"][2:]) == RTX_3060
    slowest, fastest = (rate for _, _, rate in TABLE_III["TPU"][2:])
    assert TPU[0] == slowest
    assert TPU[1] < fastest  # 13.57 in Table I and 55.52 in Table III


def test_all_rows_of_table_i_are_there():
    assert [row.reference for row in TABLE_I] == [
        *("[53]", "[53]", "[54]", "[55]", "[56]", "[57]", "[58]", "[59]", "[60]", "[61]"),
        *("paper dp", "paper dp"),
    ]
    assert TABLE_I[-2].rate == "1.53 - 1.71"
    assert TABLE_I[-1].rate == "0.89 - 13.57"
