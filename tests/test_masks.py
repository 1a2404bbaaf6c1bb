"""Masks: from files and arrays, checked against a picture and each other, made by numbers and by strokes."""

from nst_helpers._io.image_files import DATA_FOLDER
from nst_helpers.images import bundled_names, load_image, save_image
from nst_helpers.masks import painting
from nst_helpers.masks.cover import (
    bundled_masks,
    check_cover,
    check_mask,
    fit_mask,
    load_mask,
    resize_mask,
    rest_mask,
    share_masks,
)
from nst_helpers.masks.making import by_brightness, by_color, ellipse, largest_part, rectangle, soften
from nst_helpers.masks.painting import draw_strokes, overlay, paint_mask

import numpy as np
from PIL import Image
import pytest

IMAGE = np.random.default_rng(0).random((1, 30, 40, 3), "float32")


def part(shape, rows, columns):
    """A mask that is 1 in these slices."""
    mask = np.zeros((1, *shape, 1), "float32")
    mask[:, rows, columns] = 1
    return mask


LEFT, RIGHT = part((30, 40), slice(None), slice(20)), part((30, 40), slice(None), slice(20, None))


# Files and arrays

def test_every_bundled_mask_fits_its_picture():
    pictures = sum(bundled_names().values(), [])
    assert len(bundled_masks()) >= 5
    for name in bundled_masks():
        owner = next(picture for picture in pictures if name.startswith(picture))
        mask, image = load_mask(name), load_image(owner)
        assert mask.dtype == "float32" and mask.shape == (*image.shape[:3], 1)
        assert mask.min() == 0 and mask.max() == 1
        assert np.mean((mask > 0.05) & (mask < 0.95)) < 0.06, "most of it has to be inside or outside, not edge"


def test_the_three_masks_of_the_landscape_cover_it_once():
    masks = [load_mask(f"summer_palace_{name}", 256) for name in ("sky", "pagoda", "land")]
    check_cover(masks)
    np.testing.assert_allclose(sum(masks), 1, atol=0.02)


def test_a_mask_in_a_file_is_white_inside(tmp_path):
    steps = np.array([[0, 51, 255], [0, 102, 255]], "uint8")
    Image.fromarray(steps).save(tmp_path / "mask.png")
    np.testing.assert_allclose(load_mask(tmp_path / "mask.png")[0, :, :, 0], steps / 255, atol=1e-6)
    np.testing.assert_allclose(load_mask(str(tmp_path / "mask.png"))[0, :, :, 0], steps / 255, atol=1e-6)


def drawn(mode, shape, inside, outside):
    """A picture of one mode: `inside` is the colour of the left half, with its opacity; `outside` that of the right."""
    height, width = shape
    pixels = np.zeros((height, width, len(mode)), "uint8")
    pixels[:, : width // 2], pixels[:, width // 2 :] = inside, outside
    return Image.frombytes(mode, (width, height), pixels.tobytes())


def by_palette(*_):
    """White is entry 0, black entry 1; a third entry, white too, is the transparent one."""
    picture = Image.new("P", (40, 30), 2)
    picture.putpalette([255, 255, 255, 0, 0, 0, 255, 255, 255])
    picture.paste(0, (0, 0, 20, 30))
    return picture


@pytest.mark.parametrize("picture, kind, options", [
    (drawn("RGBA", (30, 40), [255] * 4, [0, 0, 0, 0]), "PNG", {}),
    (drawn("RGBA", (30, 40), [255] * 4, [255, 255, 255, 0]), "PNG", {}),  # white, but transparent
    (drawn("RGBA", (30, 40), [255] * 4, [200, 10, 0, 0]), "PNG", {}),  # a colour that nobody sees
    (drawn("LA", (30, 40), [255, 255], [0, 0]), "PNG", {}),
    (drawn("RGBA", (30, 40), [255] * 4, [0, 0, 0, 0]), "WEBP", {"lossless": True}),
    (drawn("RGBA", (30, 40), [255] * 4, [0, 0, 0, 0]), "TIFF", {}),
    (by_palette(), "PNG", {"transparency": 2}),
    (by_palette(), "GIF", {"transparency": 2}),
])
def test_transparent_is_outside(tmp_path, picture, kind, options):
    picture.save(tmp_path / "mask.file", kind, **options)
    np.testing.assert_array_equal(load_mask(tmp_path / "mask.file"), LEFT)
    np.testing.assert_array_equal(fit_mask(tmp_path / "mask.file", IMAGE), LEFT)


def test_half_transparent_white_is_half_inside(tmp_path):
    drawn("LA", (30, 40), [255, 102], [128, 255]).save(tmp_path / "mask.png")
    mask = load_mask(tmp_path / "mask.png")
    np.testing.assert_allclose(mask, np.where(LEFT == 1, 102 / 255, 128 / 255), atol=1e-6)


def test_a_transparent_grey_of_sixteen_bits_is_outside(tmp_path):
    from test_image_files import png  # byte by byte: Pillow does not write it

    deep = np.array([[300, 65535, 0], [65535, 300, 32768]], ">u2")
    (tmp_path / "mask.png").write_bytes(png(3, 2, 16, 0, deep.tobytes(), transparent=b"\x01\x2c"))  # 300
    expected = np.array([[0, 1, 0], [1, 0, 32768 / 65535]])
    np.testing.assert_allclose(load_mask(tmp_path / "mask.png")[0, :, :, 0], expected, atol=1e-6)


@pytest.mark.parametrize("inside", [[0, 255], [0, 0]])
def test_a_mask_drawn_in_black_on_transparent_is_told_what_to_do(tmp_path, inside):
    drawn("LA", (30, 40), inside, [0, 0]).save(tmp_path / "mask.png")
    assert load_mask(tmp_path / "mask.png").max() == 0
    with pytest.raises(ValueError, match="is empty.*paint the region white; black and transparent are outside"):
        fit_mask(tmp_path / "mask.png", IMAGE)


@pytest.mark.parametrize("given", [
    LEFT, LEFT[0, :, :, 0], LEFT > 0.5, np.repeat(LEFT, 3, axis=3), LEFT.astype("float64"),
])
def test_arrays_that_mean_a_mask(given):
    mask = check_mask(given)
    assert mask.dtype == "float32"
    np.testing.assert_array_equal(mask, LEFT)
    mask[:] = 0.5
    assert LEFT.max() == 1, "check_mask has to give a copy"


@pytest.mark.parametrize("given, sentence", [
    (np.zeros((4, 4), "uint8"), "holds uint8, but a mask holds numbers from 0 to 1"),
    (LEFT * 255, "has values from 0 to 255"),
    (LEFT * np.nan, "has values from nan to nan"),
    (np.zeros((30, 40, 3)), r"has the shape \(30, 40, 3\)"),
    (IMAGE, "is in colour, but a mask is greyscale"),
    (np.zeros((1, 0, 4, 1)), r"has the shape \(1, 0, 4, 1\)"),
    (np.zeros((2, 4, 4, 1)), r"has the shape \(2, 4, 4, 1\)"),
    (np.zeros((1, 4, 4, 2)), r"has the shape \(1, 4, 4, 2\)"),
    (LEFT - 0.01, "has values from -0.01 to 0.99"),
    (LEFT + 0.01, "has values from 0.01 to 1.01"),
])
def test_what_is_no_mask_is_told_in_one_sentence(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        check_mask(given)


def test_what_rounding_adds_is_cut_off():
    np.testing.assert_array_equal(check_mask(np.linspace(-5e-4, 1.0005, 12).reshape(3, 4)).ravel()[[0, -1]], [0, 1])


def test_a_wrong_name_lists_the_right_ones():
    with pytest.raises(ValueError, match="did you mean 'astronaut_person'.*coffee_cup"):
        load_mask("astronaut_persn")
    with pytest.raises(ValueError, match="is in colour"):
        load_mask(DATA_FOLDER / "photos" / "coffee.jpg")
    with pytest.raises(FileNotFoundError):
        load_mask("nowhere/mask.png")


def test_resizing_keeps_the_area_and_the_range():
    mask = load_mask("coffee_cup")
    for height, width in ((100, 150), (33, 50), (800, 1200)):
        small = resize_mask(mask, height, width)
        assert small.shape == (1, height, width, 1) and small.min() >= 0 and small.max() <= 1
        assert abs(small.mean() - mask.mean()) < 0.01


# Against a picture, and against each other

def test_a_mask_comes_at_the_size_of_its_picture():
    small = load_image("coffee", 90)
    assert fit_mask("coffee_cup", small).shape == (1, 60, 90, 1)
    np.testing.assert_array_equal(fit_mask(LEFT, IMAGE), LEFT)


@pytest.mark.parametrize("size", [16, 37, 100, 511])
def test_rounding_of_the_sides_is_no_other_picture(size):
    for picture, mask in (("summer_palace", "summer_palace_sky"), ("astronaut", "astronaut_person")):
        image = load_image(picture, size)
        assert fit_mask(mask, image).shape == (*image.shape[:3], 1)


def test_proportions_may_differ_by_half_a_pixel_and_two_percent_but_not_more():
    image = np.zeros((1, 100, 100, 3), "float32")
    assert fit_mask(np.ones((102, 100), bool), image).shape == (1, 100, 100, 1)
    with pytest.raises(ValueError, match="the proportions differ"):
        fit_mask(np.ones((100, 104), bool), image)


@pytest.mark.parametrize("mask, sentence", [
    ("astronaut_person", "512x512 pixels .* 30x40: the proportions differ"),
    (np.zeros((30, 40)), "is empty: it covers 0.00% of the picture"),
])
def test_masks_that_do_not_fit_are_refused(mask, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit_mask(mask, IMAGE)


def test_overlaps_and_holes_are_told_with_their_size():
    check_cover([LEFT, RIGHT])
    check_cover([soften(LEFT, 3), soften(RIGHT, 3)])
    wide = part((30, 40), slice(None), slice(24))
    with pytest.raises(ValueError, match=r"overlap in 10% .*share_masks"):
        check_cover([wide, RIGHT])
    with pytest.raises(ValueError, match=r"leave 50% .* uncovered.*rest_mask"):
        check_cover([LEFT])
    check_cover(share_masks([wide, RIGHT]))
    check_cover([wide, rest_mask([wide])])


def test_an_overlap_is_not_made_up_for_by_a_hole():
    with pytest.raises(ValueError, match="overlap in 5%"):
        check_cover([part((30, 40), slice(None), slice(20)), part((30, 40), slice(None), slice(18, 22))])
    with pytest.raises(ValueError, match="leave 45%"):  # what lies twice, here within the tolerance, covers no hole
        check_cover([part((30, 40), slice(None), slice(22)), 0.39 * part((30, 40), slice(None), slice(1))])


def test_what_is_left_is_one_mask_however_many_there_are():
    quarters = [part((30, 40), slice(None), slice(start, start + 10)) for start in (0, 10, 20)]
    np.testing.assert_array_equal(rest_mask(quarters), part((30, 40), slice(None), slice(30, 40)))
    np.testing.assert_array_equal(rest_mask([LEFT, RIGHT, LEFT]), 0 * LEFT)  # what lies twice leaves nothing, not less


def test_sharing_changes_only_what_overlaps():
    wide = part((30, 40), slice(None), slice(24))
    shared = share_masks([wide, RIGHT])
    np.testing.assert_allclose(shared[0][:, :, :20], 1)
    np.testing.assert_allclose(shared[0][:, :, 20:24], 0.5)
    np.testing.assert_allclose(shared[1][:, :, 24:], 1)
    half = LEFT * 0.4
    np.testing.assert_array_equal(share_masks([half])[0], half)


# Made by numbers

def test_shapes_have_the_area_that_geometry_says():
    image = np.zeros((1, 200, 300, 3), "float32")
    box = rectangle(image, 0.1, 0.2, 0.6, 0.5)
    assert abs(box.mean() - 0.5 * 0.3) < 1e-3
    assert box[0, 20:120, 60:150].all() and box.sum() == 100 * 90
    round_one = ellipse(image, (0.5, 0.4), (0.3, 0.2))
    assert abs(round_one.mean() - np.pi * 0.3 * 0.2) < 1e-3
    rows, columns = np.nonzero(round_one[0, :, :, 0])
    assert abs(rows.mean() + 0.5 - 100) < 0.1 and abs(columns.mean() + 0.5 - 120) < 0.1


def test_brightness_and_colour():
    image = np.zeros((1, 2, 3, 3), "float32")
    image[0, 0] = [[1, 0, 0], [0, 1, 0], [1, 1, 1]]
    np.testing.assert_array_equal(by_brightness(image, 0.3)[0, :, :, 0], [[1, 1, 1], [0, 0, 0]])
    np.testing.assert_array_equal(by_brightness(image, 0.2, 0.5)[0, :, :, 0], [[1, 1, 0], [0, 0, 0]])
    np.testing.assert_array_equal(by_color(image, (1, 0, 0))[0, :, :, 0], [[1, 0, 0], [0, 0, 0]])
    # Black and red differ by 1 in one channel of three: root mean square 0.577.
    np.testing.assert_array_equal(by_color(image, (1, 0, 0), 0.58)[0, :, :, 0], [[1, 0, 0], [1, 1, 1]])
    with pytest.raises(ValueError, match="three numbers"):
        by_color(image, (255, 0, 0))


def test_the_largest_part_without_its_holes():
    mask = part((30, 40), slice(2, 5), slice(2, 5)) + part((30, 40), slice(10, 25), slice(10, 30))
    mask[0, 15, 20] = 0
    np.testing.assert_array_equal(largest_part(mask), part((30, 40), slice(10, 25), slice(10, 30)))
    with pytest.raises(ValueError, match="empty"):
        largest_part(np.zeros((4, 4)))


def test_a_soft_edge_stays_where_it_was():
    soft = soften(LEFT, 3)
    assert soft.shape == LEFT.shape and abs(soft.mean() - 0.5) < 1e-3
    assert np.all(np.diff(soft[0, 15, :, 0]) <= 1e-6) and 0.3 < soft[0, 15, 19, 0] < 0.7


# Made by hand

def test_strokes_paint_and_erase_in_their_order():
    empty = np.zeros((1, 60, 80, 1), "float32")
    line = ([(0.25, 0.375), (0.75, 0.375)], 0.05, 1.0)  # from pixel 20 to 60 at row 30, 4 pixels to each side
    painted = draw_strokes([line], empty)
    assert painted[0, 30, 20:61].all() and painted[0, 28, 40] == 1 and painted[0, 37, 40] == 0
    area = 8 * 40 + np.pi * 4**2
    assert abs(painted.sum() - area) < 0.2 * area
    erased = draw_strokes([line, ([(0.5, 0.375)], 0.05, 0.0)], empty)
    assert erased[0, 30, 40] == 0 and erased[0, 30, 25] == 1
    assert draw_strokes([([(0.5, 0.375)], 0.05, 0.0), line], empty)[0, 30, 40] == 1
    np.testing.assert_array_equal(draw_strokes([], LEFT), LEFT)


def test_the_painter_collects_strokes_of_the_mouse():
    pytest.importorskip("ipycanvas")
    painter = paint_mask(IMAGE, size=80)
    assert painter.mask.shape == (1, 30, 40, 1) and painter.mask.max() == 0
    painter._move(5, 5)  # the mouse moves over the canvas before it is pressed
    assert not painter.strokes
    painter._down(40, 30)
    painter._move(60, 30)
    painter._up(60, 30)
    painter._move(70, 50)
    assert painter.mask[0, 15, 25] == 1 and painter.mask[0, 25, 35] == 0
    painter.erase.value = True
    painter._down(50, 30)
    painter._up(50, 30)
    assert painter.mask[0, 15, 25] == 0
    painter._change(painter.strokes[:-1])
    assert painter.mask[0, 15, 25] == 1
    painter._change([])
    assert painter.mask.max() == 0
    assert paint_mask(IMAGE, start=LEFT).mask.mean() == 0.5


@pytest.mark.parametrize("without_canvas", [True, False])
def test_sliders_stand_in_for_the_mouse(monkeypatch, without_canvas):
    if without_canvas:
        monkeypatch.setattr(painting, "ipycanvas", None)
    picker = paint_mask(IMAGE, start=LEFT, sliders=not without_canvas)
    before = picker.picture.value
    np.testing.assert_array_equal(picker.mask, LEFT)
    picker.sliders["width"].value = 0.2
    np.testing.assert_array_equal(picker.mask, ellipse(IMAGE, (0.5, 0.5), (0.25, 0.1)))
    assert picker.picture.value != before


def test_the_overlay_shows_the_photo_inside_and_reddens_the_rest(tmp_path):
    shown = overlay(IMAGE, LEFT)
    np.testing.assert_array_equal(shown[:, :, :20], IMAGE[:, :, :20])
    assert np.all(np.abs(shown[:, :, 20:] - IMAGE[:, :, 20:]).mean(axis=(1, 2)) > 0.02)
    save_image(shown, tmp_path / "shown.png")  # refuses what is no picture
