"""Panoramas made for tests: a gradient from ground to sky, with the points of the compass written on it."""

from datetime import datetime

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mapdesk.formats.panorama_tags import tags
from mapdesk.formats.panoramas import Panorama, encode

COLOURS = {"N": (220, 30, 30), "E": (30, 160, 30), "S": (30, 60, 220), "W": (230, 180, 20)}
TAKEN = datetime(2026, 3, 2, 14, 30)  # noqa: DTZ001 - EXIF has no zone


def compass(width=1024):
    """Return a picture (width / 2, width, 3) whose middle looks north: a broad post in each direction."""
    rows = np.linspace(220, 60, width // 2)[:, None, None]
    picture = np.broadcast_to(rows, (width // 2, width, 3)).astype(np.uint8).copy()
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(width // 14)
    for number, (letter, colour) in enumerate(COLOURS.items()):
        middle = (0.5 + number / 4) % 1 * width
        for x in (middle, middle - width, middle + width):
            draw.rectangle((x - width / 16, width / 8, x + width / 16, width * 3 / 8), fill=colour)
            draw.text((x, width / 4.6), letter, fill="white", font=font, anchor="mm")
    return np.asarray(image)


def xmp(**said):
    """Return XMP as stitchers write it."""
    attributes = " ".join(f'GPano:{name}="{value}"' for name, value in said.items())
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" {attributes}/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def write(path, lon, lat, *, heading=0.0, credit="A. Maker", picture=None, said=None):
    """Write a panorama with its place and direction."""
    shown = compass(256) if picture is None else picture
    exif = tags(Panorama(lon, lat, heading, None, TAKEN, credit))
    if said is None:
        path.write_bytes(encode(shown, exif=exif))
    else:
        Image.fromarray(shown).save(path, exif=exif, xmp=xmp(**said))
    return path


def street(folder, lon, lat, count=4, step=0.0004):
    """Write panoramas along a street that runs east, no two alike."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        picture = compass(512).copy()
        picture[:8, :8] = 40 * number
        write(folder / f"{number}.jpg", lon + number * step, lat, picture=picture)
    return folder
