"""The exhibition: what is read from a folder, what is asked, what the page holds, and what it never lets through.

What may go here: what can be seen without a browser.
"""

import base64
from html.parser import HTMLParser
import io
import json
import os
import re
import subprocess
import sys

from nst_helpers.exhibition.captions import caption_of, read_captions
from nst_helpers.exhibition.command import main
from nst_helpers.exhibition.entries import read_entries
from nst_helpers.exhibition.page import write_exhibition
from nst_helpers.exhibition.questions import WEIGHTS, questions_about, settings_of
from nst_helpers.exhibition.telling import call, short, whole
from nst_helpers.images import save_image
from nst_helpers.transfer import stylize

import numpy as np
from PIL import Image
import pytest

EVIL = '<script>alert("x")</script>'


def arguments(**changes):
    return {"content_image": "mountains", "style_images": "starry_night", "style_loss": "gram", "style_layers": None,
            "content_weight": 0.02, "masks": None, "structure_weight": 0.0, "size": None, **changes}


def record(**changes):
    return {"arguments": arguments(**changes)}


def paint(path, kept=None, height=20, width=30, seed=0):
    image = np.random.default_rng(seed).random((1, height, width, 3), "float32")
    return save_image(image, path, record=None if kept is None else json.dumps(kept))


@pytest.fixture
def hall(tmp_path):
    """Three pictures that differ in painting and content weight, one without a record, and what is no picture."""
    paint(tmp_path / "Anna - at_night.png", record())
    paint(tmp_path / "Ben" / "waves.jpg", record(style_images="great_wave", content_weight=0.3), height=30)
    paint(tmp_path / "third.png", record(style_images=["the_scream"], content_weight=0.001))
    paint(tmp_path / "plain.png")
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden").mkdir()
    paint(tmp_path / ".hidden" / "copy.png", record())
    return tmp_path


class Reader(HTMLParser):
    """Tags with their attributes, and the text of each."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text.setdefault(self.tags[-1][0] if self.tags else "", []).append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def read_page(folder, **options):
    file, sentences = write_exhibition(folder, **options)
    return Reader(file.read_text(encoding="utf-8")), sentences


# What hangs


def test_every_picture_hangs_and_nothing_else(hall):
    entries, sentences = read_entries(hall)
    assert [str(entry.path) for entry in entries] == ["Anna - at_night.png", "Ben/waves.jpg", "plain.png", "third.png"]
    assert [entry.caption.title for entry in entries] == ["At night", "Waves", "Plain", "Third"]
    assert [entry.caption.maker for entry in entries] == ["Anna", "Ben", "", ""]
    assert [entry.record is None for entry in entries] == [False, False, True, False] and sentences == []


@pytest.mark.parametrize("height, width, expected", [(900, 2000, (1024, 461)), (20, 30, (30, 20)), (6, 3, (4, 8))])
def test_pictures_are_small_jpegs_without_their_record(tmp_path, height, width, expected):
    paint(tmp_path / "a.png", record(), height, width)
    [entry] = read_entries(tmp_path)[0]
    with Image.open(io.BytesIO(entry.jpeg)) as picture:
        assert picture.format == "JPEG" and picture.size == expected == (entry.width, entry.height)
        assert not picture.info.get("comment")


def test_broken_files_cost_a_sentence_each_and_nothing_more(hall):
    (hall / "cut.png").write_bytes((hall / "third.png").read_bytes()[:200])
    (hall / "empty.jpg").touch()
    (hall / "text.webp").write_text("words")
    entries, sentences = read_entries(hall)
    assert len(entries) == 4 and len(sentences) == 3
    for name, sentence in zip(("cut.png", "empty.jpg", "text.webp"), sentences):
        assert sentence.startswith("Left out: ") and name in sentence and "\n" not in sentence


# Captions


def test_captions_stand_in_a_file(hall):
    (hall / "captions.toml").write_text('["third.png"]\ntitle = "Howl"\nmaker = "Zoë"\ndescription = "a red sky"\n'
                                        '["Ben/waves.jpg"]\ntitle = "Foam"\n', encoding="utf-8")
    entries, sentences = read_entries(hall)
    captions = {str(entry.path): entry.caption for entry in entries}
    assert captions["third.png"].title == "Howl" and captions["third.png"].maker == "Zoë" and not sentences
    assert captions["Ben/waves.jpg"].title == "Foam" and captions["Ben/waves.jpg"].maker == "Ben"
    assert "a red sky" in [image["alt"] for image in read_page(hall)[0].all("img")]


@pytest.mark.parametrize("text, words", [
    (b"[third", "cannot be read, so titles come from the files' names"), (b"\xff\xfe", "cannot be read"),
    (b'["third.png"]\ntitle = 7', "may hold texts called title, maker, description, and nothing else"),
    (b'"third.png" = "Howl"', "may hold texts called"), (b'["fourth.png"]\ntitle = "x"', "there is no such file"),
])
def test_a_wrong_captions_file_costs_a_sentence(hall, text, words):
    (hall / "captions.toml").write_bytes(text)
    captions, [sentence] = read_captions(hall)
    assert words in sentence and "\n" not in sentence
    assert caption_of(read_entries(hall)[0][3].path, captions).title == "Third"


def test_a_name_that_tells_the_answer_is_no_title(hall):
    paint(hall / "mountains_in_starry_night.png", record())
    page, sentences = read_page(hall)
    assert "mountains_in_starry_night.png hangs as Picture 3, because its name tells the painting" in sentences[0]
    assert "Picture 3" in page.text["h2"] and not any("starry" in title.lower() for title in page.text["h2"])
    (hall / "captions.toml").write_text('["mountains_in_starry_night.png"]\ntitle = "Not starry night"')
    page, sentences = read_page(hall)
    assert "Not starry night" in page.text["h2"] and len(sentences) == 1


# Questions


def test_settings_are_read_from_a_record():
    given = record(style_images=["holiday.png", None, "great_wave"], style_loss="central_moments",
                   style_layers={"block1_conv1": 2, "block3_conv1": 1}, content_weight=0.2, masks=[{"shape": [1]}] * 3,
                   structure_weight=0.1)
    assert settings_of(given) == {
        "painting": "holiday and great wave", "style loss": "central moments", "layers": "blocks 1, 3",
        "content weight": WEIGHTS[2], "regions": "one for each painting", "edges": "yes, the edges are held"}
    assert settings_of(record())["layers"] == "blocks 1 to 5"
    assert settings_of(record(style_layers=["block4_conv2", "block4_conv1"]))["layers"] == "block 4"


@pytest.mark.parametrize("weight, place", [(0.0099, 0), (0.01, 1), (0.05, 1), (0.051, 2)])
def test_content_weights_have_three_names(weight, place):
    assert settings_of(record(content_weight=weight))["content weight"] == WEIGHTS[place]


def test_only_what_differs_is_asked_and_four_at_most():
    records = [record(), record(content_weight=0.5), None, record(style_images="great_wave")]
    painting, weight = questions_about(records)
    assert painting.answers == {0: "starry night", 1: "starry night", 3: "great wave"}
    assert (painting.name, weight.name, weight.options) == ("painting", "content weight", WEIGHTS)
    other = record(style_images="poppies", style_loss="sliced", style_layers=["block1_conv1"], content_weight=1,
                   masks=[1], structure_weight=1)
    assert [question.name for question in questions_about([record(), other])] == [
        "painting", "style loss", "layers", "content weight"]
    assert questions_about([record(), record()]) == []


def test_of_many_paintings_six_are_offered_the_right_one_among_them():
    [question] = questions_about([record(style_images=f"painting_{number:02}") for number in range(20)])
    for number in range(20):
        offered = question.offered(number)
        assert len(set(offered)) == 6 and question.answers[number] in offered and offered == sorted(offered)
        assert offered == question.offered(number)
    assert len({question.offered(number).index(question.answers[number]) for number in range(20)}) > 3


HOSTILE = [
    {"arguments": 3}, {"arguments": arguments(style_images=[{"sha256": "0"}], style_loss=7, style_layers=[8])},
    {"arguments": arguments(style_layers="layer", content_weight="much", structure_weight=[])}, {},
    {"arguments": {"style_images": ["\ud800"], "content_weight": float("nan"), "style_layers": ["block99999999_conv"]}},
    {"arguments": arguments(style_images="x" * 10**6, style_loss=" \n ")},
    json.loads('{"arguments": ' + "[" * 500 + "]" * 500 + "}"), {"arguments": dict.fromkeys(arguments())},
]


@pytest.mark.parametrize("kept", HOSTILE, ids=range(len(HOSTILE)))
def test_a_strange_record_neither_stops_the_page_nor_fills_it(hall, kept):
    paint(hall / "strange.png", kept)
    page, _ = read_page(hall)
    assert len(page.all("img")) == 5 and (hall / "exhibition.html").stat().st_size < 100_000
    assert all(len(text) <= 80 for text in settings_of(kept).values())


# What is told


def test_the_call_is_the_one_that_was_made():
    given = record(content_weight=0.3, style_layers={"block1_conv1": 2.0})
    assert call(given) == "stylize('mountains', 'starry_night', content_weight=0.3, style_layers={'block1_conv1': 2.0})"
    calls = {}
    exec(call(given), {"stylize": lambda *positional, **named: calls.update(positional=positional, **named)})
    assert calls == {"positional": ("mountains", "starry_night"), "content_weight": 0.3,
                     "style_layers": {"block1_conv1": 2.0}}
    assert call({}) is None and call(record(masks=[{"shape": [1], "sha256": "0"}])) is None
    assert call(record(content_image={"shape": [1], "sha256": "0"})) is None


def test_the_call_of_a_real_record_makes_the_picture_again(random_pocket):
    options = {"size": 32, "steps": 2, "content_layers": "block2_conv2", "style_layers": ["block1_conv1"]}
    first = stylize("chelsea", ["great_wave", "poppies"], network=random_pocket, progress=False, **options)
    def again(*pictures, **named):
        return stylize(*pictures, **{**named, "network": random_pocket, "progress": False}).image

    np.testing.assert_array_equal(eval(call(first.record), {"stylize": again}), first.image)


def test_long_records_are_cut():
    long = {"text": "a" * 999, "list": list(range(100)), "deep": HOSTILE[6]}
    told = short(long)
    assert told["text"] == "a" * 200 + "… (999 characters)" and told["list"][-1] == "… 60 more"
    assert len(whole(long)) < 3000 and json.loads(whole(record())) == record()


# The page


def test_the_page_asks_and_tells(hall):
    page, sentences = read_page(hall, title="Class 10b")
    text = (hall / "exhibition.html").read_text(encoding="utf-8")
    assert page.text["h1"][0] == "Class 10b" and page.text["title"][0] == "Class 10b"
    assert sentences == ["Without a record, so nothing is told of how they were made: plain.png."]
    assert len(page.all("article")) == 4 and len(page.all("textarea")) == 4
    assert len(page.all("fieldset")) == 2 * 3 and text.count("holds no record") == 1
    for told in re.findall(r"<article.*?</article>", text, re.DOTALL):
        right = [re.findall(r'value="(\d)" required> ([^<]*)', field)[int(place)][1] for place, field in
                 re.findall(r'<fieldset data-right="(\d)">(.*?)</fieldset>', told, re.DOTALL)]
        answers = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", told))
        assert right == [answers[name] for name in ("painting", "content weight") if name in answers]


def test_the_page_needs_nothing_from_elsewhere(hall):
    page, _ = read_page(hall)
    for tag, attributes in page.tags:
        assert tag not in ("link", "iframe", "base", "object") and not attributes.get("href")
        assert attributes.get("src", "data:image/jpeg;base64,").startswith("data:image/jpeg;base64,")
    text = (hall / "exhibition.html").read_text(encoding="utf-8")
    assert "http" not in text.replace("http-equiv", "") and "url(" not in text and "@import" not in text
    with Image.open(io.BytesIO(base64.b64decode(page.all("img")[0]["src"].partition(",")[2]))) as picture:
        assert picture.size == (30, 20)


def test_what_comes_from_files_is_only_text(hall):
    (hall / "captions.toml").write_text(f"""["third.png"]\ntitle = '{EVIL}'\nmaker = '{EVIL}'\n"""
                                        f"""description = '" onload="{EVIL}'\n""")
    paint(hall / "evil.png", {EVIL: EVIL, **record(style_images=EVIL, style_loss=EVIL, content_image=EVIL)})
    before = len(read_page(hall, title=EVIL)[0].all("script"))
    text = (hall / "exhibition.html").read_text(encoding="utf-8")
    assert before == 1 and EVIL not in text and text.count("&lt;script&gt;") >= 8
    assert not any(name.startswith("on") for _, attributes in Reader(text).tags for name in attributes)


@pytest.mark.skipif(os.name != "posix", reason="names with any characters, as on Linux")
def test_names_of_files_are_only_text_too(hall):
    for name in ("<img src=x onerror=alert(1)>.png", os.fsdecode(b"caf\xe9.png"), "$title ${script}.png"):
        paint(hall / name, record(style_images="poppies"))
    page, _ = read_page(hall)
    assert len(page.all("img")) == 7 and not any("onerror" in image for image in page.all("img"))
    assert "$title ${script}" in page.text["h2"]


def test_alike_pictures_are_shown_without_questions(tmp_path):
    for name in ("a.png", "b.png"):
        paint(tmp_path / name, record())
    page, _ = read_page(tmp_path)
    assert not page.all("form") and len(page.all("details")) == 4


# The command


def test_the_command_writes_the_page_and_says_so(hall, capsys):
    main([str(hall), "--title", "Ours", "--file", str(hall / "site" / "index.html")])
    said = capsys.readouterr().out
    assert "plain.png" in said and re.search(r"index\.html \(\d+\.\d MB\): open it in a browser\.$", said.strip())
    assert "<h1>Ours</h1>" in (hall / "site" / "index.html").read_text(encoding="utf-8")
    main([str(hall)])
    main([str(hall)])  # the page of the last time is replaced


def test_the_command_says_in_one_sentence_what_is_wrong(tmp_path):
    with pytest.raises(SystemExit, match="There is no folder .*nowhere: name the one with the pictures.$"):
        main([str(tmp_path / "nowhere")])
    with pytest.raises(SystemExit, match="holds no picture that can be shown: save some with result.save"):
        main([str(tmp_path)])


def test_course_exhibition_is_that_command(hall):
    done = subprocess.run([sys.executable, "-m", "course", "exhibition", str(hall)], capture_output=True, text=True)
    assert done.returncode == 0 and "open it in a browser" in done.stdout, done.stderr
    assert (hall / "exhibition.html").is_file()
