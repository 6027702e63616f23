from house import House


def test_a_new_file_is_loaded_with_everything_in_it(house: House) -> None:
    house.write("a.txt", '"It works," said Ann Bell in Riga.')
    report = house.ingest()
    assert (report.files_new, report.articles, report.words) == (1, 1, 7)
    assert house.query("SELECT text, speaker_name FROM quotes") == [("It works,", "Ann Bell")]
