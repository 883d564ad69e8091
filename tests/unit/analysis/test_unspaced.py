"""Chinese, Japanese, Korean, Thai, Khmer, Lao and Burmese: no spaces, or particles joined to words."""

import pytest

from tests.matching import cases_by_language, finds
from wagtail_vector_search.analysis import Analyzer

#: Language code, text, queries.
UNSPACED = cases_by_language(
    {
        "zh-hans": [
            ("图书馆", "图书馆", "圖書館", "图书"),
            ("绿茶的好处", "茶", "绿茶"),
            ("鱼汤", "鱼", "汤"),
            ("木木", "木木"),
            ("中文Wagtail搜索", "wagtail", "搜索", "中文"),
            ("第3章", "第3章", "3"),
            ("台北", "臺北", "台北"),
        ],
        "zh-hant": [
            ("臺北", "台北", "臺北", "北"),
            ("圖書館", "图书馆", "圖書館", "馆"),
            ("臺灣旅遊", "台湾旅游", "台灣", "臺灣", "旅游"),
            ("裏面", "里面", "裡面"),
        ],
        "ja": [
            ("図書館", "図書館", "図書"),
            ("執筆する", "執筆"),
            ("カタカナ", "ｶﾀｶﾅ"),
            ("ｶﾀｶﾅ", "カタカナ"),
            ("山へ行く", "山"),
            ("コンピューター", "コンピューター", "コンピュータ"),
            ("この部屋は面積50m²です。", "50m²", "50m2", "面積"),
            ("日本語の本", "本", "日本語"),
            ("東京都", "東京", "都"),
        ],
        "ko": [
            ("도서관에서", "도서관", "도서관은", "도서관이"),
            ("검색은", "검색", "검색을"),
            ("책을 읽다", "책"),
            ("물", "물"),
            ("서울시립도서관", "도서관", "서울"),
        ],
        "th": [
            ("การค้นหาข้อมูล", "ค้นหา", "ข้อมูล"),
            ("ห้องสมุดอยู่ที่ไหน", "ห้องสมุด"),
            ("๑๒๓", "123"),
        ],
        "km": [
            ("បណ្ណាល័យសាធារណៈ", "បណ្ណាល័យ", "សាធារណៈ"),
        ],
        "lo": [
            ("ຫໍສະໝຸດແຫ່ງຊາດ", "ຫໍສະໝຸດ", "ແຫ່ງຊາດ"),
        ],
        "my": [
            ("စာကြည့်တိုက်ကြီး", "စာကြည့်တိုက်"),
        ],
        "en": [
            ("The city of 臺北", "台北"),
            ("中文搜索 for everybody", "搜索"),
        ],
    }
)


@pytest.mark.parametrize(("language", "text", "query"), UNSPACED)
def test_a_word_is_found_although_no_space_ends_it(language, text, query):
    assert finds(query, text, language)


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [("zh-hans", "绿茶", "红酒"), ("ja", "図書館", "病院"), ("ko", "도서관", "병원"), ("th", "ห้องสมุด", "โรงพยาบาล")],
)
def test_another_word_is_not_found(language, text, query):
    assert not finds(query, text, language)


def test_japanese_characters_are_not_made_chinese():
    assert not finds("圖", "図", "ja")


@pytest.mark.parametrize("text", ["\u0e01\u200d", "\u103f\u200d", "\u200d\u0e01", "\u4e2d\u200d\u6587"])
def test_a_joiner_beside_a_letter_is_no_word(text):
    assert all(token.term and token.term.isprintable() for token in Analyzer("en").tokens(text))
