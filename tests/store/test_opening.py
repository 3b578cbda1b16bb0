"""Opening the store."""


def test_a_new_store_holds_an_empty_chain(store):
    with store.reading() as reading:
        assert reading.head() == (0, "0" * 64)
