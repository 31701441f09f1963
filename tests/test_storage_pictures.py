"""Which addresses are one picture, cut otherwise."""

from __future__ import annotations

import pytest

from storage.pictures import same_picture


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://i.example/show?id=7&w=300&h=200", "https://i.example/show?h=400&w=600&id=7"),
        ("https://i.example/media/abc?width=445&dpr=1&s=none", "https://i.example/media/abc?width=1200&dpr=2&s=6f1e"),
        ("https://i.example/a.jpg", "https://i.example/a.jpg?resize=300%2C200"),
        ("https://i.example/up/2026/05/a-300x200.jpg", "https://i.example/up/2026/05/a-1024x683.jpg"),
        ("https://i.example/up/2026/05/a.jpg", "https://i.example/up/2026/05/a-scaled.jpg"),
        ("https://i.example/a.png", "https://i.example/a@2x.png"),
        ("https://i.example/upload/w_300,h_200,c_fill/a.jpg", "https://i.example/upload/w_640,q_auto/a.jpg"),
        ("https://i.example/ace/480/x/a.jpg", "https://i.example/ace/976/x/a.jpg"),
        ("https://i.example/300x200/a.jpg", "https://i.example/600x400/a.jpg"),
        ("https://i.example/abc/0_0_5000_3000/a.jpg", "https://i.example/abc/12_40_4000_2400/a.jpg"),
        ("/_next/image?url=%2Fa.jpg&w=640&q=75", "/_next/image?url=%2Fa.jpg&w=1080&q=75"),
        ("https://i.example/b/a.jpg?X-Amz-Signature=1&X-Amz-Date=2", "https://i.example/b/a.jpg?X-Amz-Signature=3&X-Amz-Date=4"),
        ("http://I.example/a.jpg", "https://i.example/a.jpg"),
    ],
)
def test_one_picture_cut_otherwise(one: str, other: str) -> None:
    assert same_picture(one, other)
    assert same_picture(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://i.example/a.jpg", "https://i.example/b.jpg"),
        ("https://i.example/a_photo1.jpg", "https://i.example/a_photo2.jpg"),
        ("https://i.example/show?id=7", "https://i.example/show?id=8"),
        ("https://i.example/a.jpg?v=1", "https://i.example/a.jpg?v=2"),
        ("https://i.example/2024/cover.jpg", "https://i.example/2025/cover.jpg"),
        ("https://i.example/2026/05/cover.jpg", "https://i.example/2026/06/cover.jpg"),
        ("https://i.example/photo/123/large.jpg", "https://i.example/photo/124/large.jpg"),
        ("https://i.example/480/a.jpg", "https://i.example/thumbs/a.jpg"),
        ("https://i.example/x/a.jpg", "https://i.example/a.jpg"),
        ("https://i.example/a.jpg", "https://other.example/a.jpg"),
        ("/_next/image?url=%2Fa.jpg&w=640", "/_next/image?url=%2Fb.jpg&w=640"),
        ("https://i.example/a-300x200.jpg", "https://i.example/b-300x200.jpg"),
    ],
)
def test_another_picture(one: str, other: str) -> None:
    assert not same_picture(one, other)
    assert not same_picture(other, one)


@pytest.mark.parametrize("odd", ["", "//", "data:image/gif;base64,R0lGOD", "https://[", "not an address"])
def test_whatever_stands_there_is_the_same_as_itself(odd: str) -> None:
    assert same_picture(odd, odd)
