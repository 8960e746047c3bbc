"""Traditional characters and the simplified ones they stand for: a declared table, one character for one."""

# Only characters whose simplified form does not depend on the word; what is not here stays as it is printed.
_TRADITIONAL = (
    "來個備債價償優儲內兩創劃動務勢勵區協參問單嚴國圍園圖團執堅報場壯學實審將專對導層幫廈廠廣廳強徑從復徹態"
    "應戰掛揮撐據數時書會條棟業極構樁樓標機檻歡殺氣決減準溝潔濟灣為營獨獸現環產畝疇發監盤確礎禪稟積穩節簡籌"
    "約納級細組結絡給統經綜綠網緊線編縣總織繞續義習聯職臺與興華蓋號術衛補裝見規觸計記設評詢試詳認說調請論證"
    "護豐負財貫責貸賃資賦質車較載轉辦進運過達邊鄉醫針錄鍵鎮鏈鑲長門開間關隊際險難電響項順預領頭題類顯風驅體"
    "鮮點黨龍億萬噸頃歲戶張餘漲縮幾輛佔於畬縉雲慶寧麗銀錢貿額齡後當"
)
_SIMPLIFIED = (
    "来个备债价偿优储内两创划动务势励区协参问单严国围园图团执坚报场壮学实审将专对导层帮厦厂广厅强径从复彻态"
    "应战挂挥撑据数时书会条栋业极构桩楼标机槛欢杀气决减准沟洁济湾为营独兽现环产亩畴发监盘确础禅禀积稳节简筹"
    "约纳级细组结络给统经综绿网紧线编县总织绕续义习联职台与兴华盖号术卫补装见规触计记设评询试详认说调请论证"
    "护丰负财贯责贷赁资赋质车较载转办进运过达边乡医针录键镇链镶长门开间关队际险难电响项顺预领头题类显风驱体"
    "鲜点党龙亿万吨顷岁户张余涨缩几辆占于畲缙云庆宁丽银钱贸额龄后当"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_FORMS: dict[str, str] = {}
for _traditional, _simplified in zip(_TRADITIONAL, _SIMPLIFIED, strict=True):
    _FORMS[_simplified] = _FORMS.get(_simplified, _simplified) + _traditional


def simplified(text: str) -> str:
    """The text with every character of the table simplified; as many characters as before."""
    return text.translate(_TABLE)


def forms(character: str) -> str:
    """The characters that print a simplified character: itself and its traditional forms."""
    return _FORMS.get(character, character)
