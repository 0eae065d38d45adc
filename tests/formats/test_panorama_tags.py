"""A panorama that is kept says where, when and which way, and nothing else; its pixels stay as they are."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from mapdesk.formats import panoramas
from mapdesk.formats.panorama_tags import bare
from mapdesk.formats.panoramas import Panorama
from mapdesk.model.errors import InputError
from tests.panoramas import compass, xmp

SECRETS = (b"SN-4711", b"Wang Wei", b"Secret Cam", b"a remark", b"Photoshop", b"motion film")
SAID = Panorama(117.01, 39.0, 271.5, -3.25, datetime(2026, 3, 2, 14, 30), "")  # noqa: DTZ001


def talkative(kind, **options):
    """Return a panorama that says more than it should."""
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Secret Cam"
    exif[ExifTags.Base.Artist] = "Wang Wei"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = "SN-4711"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.CameraOwnerName] = "Wang Wei"
    picture, made = Image.fromarray(compass(256)), BytesIO()
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "Wang Wei")
        picture.save(made, kind, exif=exif, pnginfo=text, **options)
    else:
        packet = xmp(ProjectionType="equirectangular", Owner="Wang Wei")
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        picture.save(
            *(made, kind), exif=exif, xmp=packet, comment="a remark", icc_profile=profile, **options
        )
        made.write(b"\xff\xd8 motion film")
    return made.getvalue()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True, "subsampling": 0}),
        ("JPEG", {"restart_marker_rows": 1, "quality": 100}),
        ("PNG", {}),
    ],
)
def test_nothing_but_place_time_and_direction_is_kept(kind, options):
    content = talkative(kind, **options)
    assert any(secret in content for secret in SECRETS)
    kept = bare(content, SAID)
    assert not [secret for secret in SECRETS if secret in kept]
    found = panoramas.read(kept)
    assert (found.lon, found.lat) == pytest.approx((SAID.lon, SAID.lat), abs=1e-9)
    assert (found.heading, found.height) == pytest.approx((SAID.heading, SAID.height))
    assert (found.taken_at, found.credit) == (SAID.taken_at, "")
    before, after = (Image.open(BytesIO(one)) for one in (content, kept))
    assert np.array_equal(np.asarray(before), np.asarray(after))
    assert before.info.get("icc_profile") == after.info.get("icc_profile")
    assert bare(kept, SAID) == kept


def test_what_is_not_known_is_not_said():
    kept = bare(talkative("JPEG"), replace(SAID, heading=None, height=None, taken_at=None))
    found = panoramas.read(kept)
    assert (found.heading, found.height, found.taken_at) == (None, None, None)


def test_a_small_picture_and_further_ones_are_left_out():
    made = BytesIO()
    large, small = Image.fromarray(compass(256)), Image.fromarray(compass(128))
    large.save(made, "MPO", save_all=True, append_images=[small])
    kept = bare(made.getvalue(), SAID)
    assert len(kept) < len(made.getvalue()) and kept.count(b"\xff\xd8") == 1
    assert getattr(Image.open(BytesIO(kept)), "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_is_cut_short_is_said(kind):
    content = bare(talkative(kind), SAID)
    for part in (0, 1, 10, 40, 300, len(content) - 30):
        with pytest.raises(InputError):
            bare(content[:part], SAID)
