"""A recording that is a row of frames keeps its sound and nothing else."""

from __future__ import annotations

import time

import pytest

from complaints.reporter.clean_files import clean
from complaints.reporter.file_kinds import AMR, MP3, WAV, FileKind, FileRefused
from tests.unit.complaints.reporter.recordings import (
    SECRET,
    SOUND,
    VOICE_NOTE,
    id3,
    mp3_frame,
    wav,
)

SOUND_ONLY = mp3_frame(b"the song") + mp3_frame() * 3
TAGGED = {
    "in front": id3(SECRET) + SOUND_ONLY,
    "twice in front": id3(SECRET) + id3(SECRET) + SOUND_ONLY,
    "behind": SOUND_ONLY + id3(SECRET),
    "ID3v1": SOUND_ONLY + b"TAG" + SECRET.ljust(125, b"\0"),
    "APE in front": id3(b"") + b"APETAGEX" + SECRET + SOUND_ONLY,
    "APE and ID3v1 behind": SOUND_ONLY + b"APETAGEX" + SECRET + b"TAG" + SECRET.ljust(125, b"\0"),
    "a single frame within a picture": id3(b"", 0) + mp3_frame(SECRET) + b"-" + SOUND_ONLY,
    "Lyrics3": SOUND_ONLY + b"LYRICSBEGIN" + SECRET + b"LYRICS200",
    "any bytes behind": SOUND_ONLY + SECRET,
    "in the middle": mp3_frame(b"the song") + mp3_frame() + SECRET + mp3_frame() * 2,
    "a length beyond the file": id3(SECRET, 2**28 - 1) + SOUND_ONLY,
    "in UTF-16, which looks like sound": id3(b"", 0) + b"\xff\xfe" + SECRET + SOUND_ONLY,
    "a frame cut off at the end": SOUND_ONLY + mp3_frame(SECRET)[:100],
}


def refused(content: bytes, kind: FileKind) -> FileRefused:
    with pytest.raises(FileRefused) as refusal:
        clean(content, kind)
    return refusal.value


@pytest.mark.parametrize("name", TAGGED)
def test_an_mp3_keeps_its_frames_wherever_tags_stand(name: str):
    assert clean(TAGGED[name], MP3)[0] == SOUND_ONLY


def test_an_amr_recording_ends_with_its_last_frame():
    cleaned, _ = clean(VOICE_NOTE, AMR)
    assert cleaned == VOICE_NOTE.removesuffix(SECRET)
    wide = b"#!AMR-WB\n" + (b"\x04" + bytes(17)) * 3
    assert clean(wide + SECRET, AMR)[0] == wide


def test_a_wav_keeps_its_sound():
    assert clean(SOUND, WAV)[0][12:] == wav((b"fmt ", b"f" * 16), (b"data", b"the sound"))[12:]
    hidden = wav((b"fmt ", b"f" * 16), (b"fact", SECRET), (b"data", b"the sound")) + SECRET
    assert SECRET not in clean(hidden, WAV)[0]


def test_a_wav_whose_recorder_never_wrote_the_length_is_taken():
    content = wav((b"fmt ", b"f" * 16)) + b"data\xff\xff\xff\xffthe sound."
    cleaned, _ = clean(content, WAV)
    assert cleaned.endswith(b"data\x0a\0\0\0the sound.")
    assert int.from_bytes(cleaned[4:8], "little") == len(cleaned) - 8


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (id3(SECRET), MP3), (id3(SECRET, 2**28 - 1), MP3), (b"\xff\xfbnothing", MP3),
        (b"#!AMR\n" + SECRET, AMR), (b"#!AMR\n", AMR), (wav((b"LIST", SECRET)), WAV),
        (wav((b"data", b"the sound")), WAV), (b"RIFF\0\0\0\0WAVE", WAV),
    ],
)  # fmt: skip
def test_where_there_is_no_sound_nothing_is_kept_and_it_is_told(content: bytes, kind: FileKind):
    refusal = refused(content, kind)
    assert refusal.code == "broken_recording"
    assert "打不开" in str(refusal)


def test_nobody_waits_for_what_looks_like_sound_again_and_again():
    began = time.process_time()
    refused(id3(b"\xff\xfb\x90\0" * 2_000_000, 0), MP3)
    refused(b"\xff\xfb\x90\0" + b"\xff" * 8_000_000, MP3)
    clean(b"#!AMR\n" + b"\x7c" * 8_000_000, AMR)
    refused(b"RIFF\0\0\0\0WAVE" + bytes(8_000_000), WAV)
    assert time.process_time() - began < 4
