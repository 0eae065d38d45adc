"""Six views become one panorama, each where it looks."""

import numpy as np

from mapdesk.analysis import equirect


def test_each_view_is_in_its_direction():
    faces = np.zeros((6, 16, 16, 3), np.uint8)
    faces[:, :, :, 0] = np.arange(6)[:, None, None]
    picture = equirect.from_faces(faces, equirect.lookup(16, 64))[:, :, 0]
    assert picture.shape == (32, 64)
    assert [picture[16, column] for column in (32, 48, 1, 16)] == [0, 1, 2, 3]
    assert set(picture[0]) == {4}
    assert set(picture[-1]) == {5}


def test_a_view_is_neither_mirrored_nor_upside_down():
    faces = np.zeros((6, 16, 16, 3), np.uint8)
    faces[0, :8, 8:] = 200  # above and to the east of north
    picture = equirect.from_faces(faces, equirect.lookup(16, 64))[:, :, 0]
    assert picture[13, 35] == 200
    assert picture[13, 29] == picture[19, 35] == 0


def test_half_the_size_is_the_mean_of_four():
    picture = np.array([[[0], [4]], [[8], [12]]], np.uint8)
    assert equirect.halved(picture).tolist() == [[[6]]]
