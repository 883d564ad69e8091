"""Pages of sites in other languages, and the queries that have to find them first."""

from typing import NamedTuple


class Site(NamedTuple):
    """A site in one language."""

    #: Titles with their text.
    pages: list[tuple[str, str]]
    #: A title, and queries for it.
    asked: list[tuple[str, ...]]


SITES = {
    "de": Site(
        [
            ("Müller GmbH", "Der Betrieb baut Treppen."),
            ("Mueller und Soehne", "Der Betrieb baut Dächer."),
            ("Bürgerbüro München", "Ausweise und Anmeldung."),
            ("Öffnungszeiten der Bücherei", "Montag bis Freitag von neun bis achtzehn Uhr."),
            ("ÖFFENTLICHE PLÄTZE", "Bänke, Bäume und Brunnen."),
            ("Straßenreinigung", "Die Kehrmaschine fährt jeden Dienstag."),
            ("Häuser am Fluss", "Wohnen mit Blick auf das Wasser."),
            ("Bürger*innen fragen", "Die Sprechstunde der Bürgermeisterin."),
            ("Anfängerkurs Töpfern", "Sechs Abende in der Werkstatt."),
            ("Wer sind wir", "Die Menschen hinter dem Verein."),
            ("Was wir tun", "Wir pflanzen Bäume."),
            ("Gemeinde Löhningen", "Ein Dorf im Klettgau."),
            ("Schwimmbad", "Rutsche und Sprungturm."),
            ("Müllabfuhr", "Tonnen werden alle zwei Wochen geleert."),
            ("Kfz-Zulassung", "Kennzeichen und Papiere für das Auto."),
        ],
        [
            ("Müller GmbH", "müller gmbh", "mueller gmbh", "MÜLLER GMBH"),
            ("Bürgerbüro München", "muenchen", "münchen", "munchen", "buergerbuero muenchen"),
            ("Öffnungszeiten der Bücherei", "öffnungszeiten", "oeffnungszeiten", "ÖFFNUNGSZEITEN", "buecherei"),
            ("ÖFFENTLICHE PLÄTZE", "öffentliche plätze", "oeffentlicher platz"),
            ("Straßenreinigung", "strassenreinigung", "STRASSENREINIGUNG"),
            ("Häuser am Fluss", "haus", "haeuser", "hauser"),
            ("Bürger*innen fragen", "bürger*innen"),
            ("Wer sind wir", "wer sind wir", "Wer sind wir?"),
            ("Was wir tun", "was wir tun"),
            ("Gemeinde Löhningen", "loehningen", "löhningen"),
            ("Kfz-Zulassung", "zulassung", "kfz zulassung", "kfzzulassung"),
        ],
    ),
    "fr": Site(
        [
            ("L’école d’été", "Trois semaines de cours en juillet."),
            ("Élection du maire", "Le vote a lieu dimanche."),
            ("Les élèves du collège", "Ce qu’ils apprennent."),
            ("Péché originel", "Une exposition de peinture."),
            ("Pêche à la ligne", "Où prendre des truites."),
            ("Fête de Noël", "Le marché et ses chalets."),
            ("Événements de la semaine", "Concerts et théâtre."),
            ("L’orphelinat", "Une maison pour enfants."),
            ("Aujourd’hui", "Les nouvelles du jour."),
            ("Rendez-vous à la mairie", "Prenez date en ligne."),
            ("Piscine", "Bassins et toboggan."),
            ("Collecte des ordures", "Les bacs sont vidés le lundi."),
        ],
        [
            ("L’école d’été", "l'ecole", "école", "ecole", "été", "ete", "d'été", "l’école d’été", "l'ecole d'ete"),
            ("Élection du maire", "élection", "election", "ÉLECTIONS"),
            ("Les élèves du collège", "eleves", "élève"),
            ("Pêche à la ligne", "pêche à la ligne", "peche a la ligne"),
            ("Fête de Noël", "fete", "noel", "fêtes"),
            ("Événements de la semaine", "evenements", "événement"),
            ("L’orphelinat", "orphelinat", "l'orphelinat"),
            ("Aujourd’hui", "aujourd'hui", "aujourdhui"),
            ("Rendez-vous à la mairie", "rendezvous", "rendez vous"),
        ],
    ),
    "cs": Site(
        [
            ("Dětské hřiště", "Houpačky a pískoviště."),
            ("Městský úřad", "Úřední hodiny a kontakty."),
            ("Daň z nemovitosti", "Kdo platí a kolik."),
            ("Plavecký bazén", "Otevřeno denně."),
            ("Knihovna", "Půjčování knih."),
            ("Svoz odpadu", "Každé úterý."),
        ],
        [
            ("Dětské hřiště", "hriste", "hřiště", "detske hriste"),
            ("Městský úřad", "mestsky urad", "urad", "úřad"),
            ("Daň z nemovitosti", "dan", "daň"),
        ],
    ),
    "tr": Site(
        [
            ("IŞIK FESTİVALİ", "Şehir bir hafta boyunca aydınlanır."),
            ("Kırmızı ışık ihlali", "Trafik cezaları."),
            ("İSTANBUL", "Boğazın iki yakası."),
            ("Diyarbakır surları", "Siyah taştan duvarlar."),
            ("Kütüphane", "Kitaplar ve filmler."),
            ("ISPARTA", "Gül bahçeleri."),
            ("Yüzme havuzu", "Çocuklar için kurslar."),
            ("Çöp toplama", "Her salı günü."),
        ],
        [
            ("IŞIK FESTİVALİ", "ışık festivali", "isik festivali", "festival", "FESTİVALİ", "festivali"),
            ("İSTANBUL", "istanbul", "İstanbul", "istanbul'da", "İSTANBUL"),
            ("Diyarbakır surları", "diyarbakır", "diyarbakir"),
            ("Kütüphane", "kutuphane", "kütüphane"),
            ("ISPARTA", "ısparta", "isparta", "Isparta"),
        ],
    ),
    "uk": Site(
        [
            ("Кам’янець-Подільський", "Старе місто і фортеця."),
            ("Новий обʼєкт", "Будівництво триває."),
            ("Сім'я і діти", "Допомога батькам."),
            ("ВИБОРИ МЕРА", "Голосування в неділю."),
            ("Київ", "Столиця на Дніпрі."),
            ("Басейн", "Плавання для всіх."),
            ("Бібліотека", "Книжки й журнали."),
        ],
        [
            ("Кам’янець-Подільський", "кам'янець", "кам’янець", "камʼянець", "камянець"),
            ("Новий обʼєкт", "об'єкт", "об’єкт", "обʼєкт", "обєкт"),
            ("Сім'я і діти", "сімʼя", "сім’я", "сім'я"),
            ("ВИБОРИ МЕРА", "вибори"),
            ("Київ", "київ", "КИЇВ"),
        ],
    ),
    "el": Site(
        [
            ("Βιβλιοθήκη", "Βιβλία και ταινίες."),
            ("ΟΔΟΣ ΕΡΜΟΥ", "Καταστήματα στο κέντρο."),
            ("Κολυμβητήριο", "Μαθήματα για παιδιά."),
            ("Απορρίμματα", "Κάθε Τρίτη."),
        ],
        [
            ("Βιβλιοθήκη", "βιβλιοθηκη", "βιβλιοθήκη", "ΒΙΒΛΙΟΘΗΚΗ"),
            ("ΟΔΟΣ ΕΡΜΟΥ", "οδός ερμού", "οδος ερμου", "ερμού"),
        ],
    ),
    "ar": Site(
        [
            ("أحمد زويل", "عالم في الكيمياء."),
            ("مدرسة الحي", "التسجيل في الخريف."),
            ("إدارة المرور", "رخص القيادة."),
            ("مُحَمَّد عبده", "حفل غنائي."),
            ("مستشفى المدينة", "أطباء وممرضات."),
            ("المكتبة", "كتب وأفلام."),
            ("حمام السباحة", "دروس للأطفال."),
        ],
        [
            ("أحمد زويل", "احمد", "أحمد"),
            ("مدرسة الحي", "مدرسه", "مدرسة"),
            ("إدارة المرور", "ادارة", "إدارة"),
            ("مُحَمَّد عبده", "محمد"),
            ("مستشفى المدينة", "مستشفي", "مستشفى"),
        ],
    ),
    "fa": Site(
        [
            ("کتاب\u200cهای کودکان", "داستان و نقاشی."),
            ("می\u200cخواهم یاد بگیرم", "کلاس برای بزرگسالان."),
            ("تلفن ۱۲۳۴۵", "شبانه\u200cروزی."),
            ("موسيقي سنتی", "تار و سنتور."),
            ("زبان فارسی", "شعر و دستور."),
            ("استخر", "شنا برای همه."),
            ("زباله", "هر سه\u200cشنبه."),
        ],
        [
            ("کتاب\u200cهای کودکان", "کتاب", "كتاب", "کتابهای", "کتاب های", "کتاب\u200cهای"),
            ("می\u200cخواهم یاد بگیرم", "می خواهم", "میخواهم", "می\u200cخواهم"),
            ("تلفن ۱۲۳۴۵", "12345", "۱۲۳۴۵", "١٢٣٤٥"),
            ("موسيقي سنتی", "موسیقی", "موسيقي"),
            ("زبان فارسی", "فارسي", "فارسی"),
        ],
    ),
    "he": Site(
        [("סִפְרִיָּה", "ספרים וסרטים."), ("צה״ל", "גיוס ושירות."), ("בריכה", "שיעורי שחייה."), ("אשפה", "בכל יום שלישי.")],
        [("סִפְרִיָּה", "ספריה"), ("צה״ל", 'צה"ל', "צהל", "צה״ל")],
    ),
    "vi": Site(
        [
            ("Bệnh viện thành phố", "Bác sĩ và y tá."),
            ("Trường tiểu học", "Tuyển sinh vào mùa thu."),
            ("Điện Biên Phủ", "Lịch sử một trận đánh."),
            ("Hồ bơi", "Lớp học cho trẻ em."),
            ("Thu gom rác", "Mỗi thứ ba."),
        ],
        [
            ("Bệnh viện thành phố", "benh vien", "bệnh viện", "BỆNH VIỆN"),
            ("Trường tiểu học", "truong tieu hoc", "trường tiểu học"),
            ("Điện Biên Phủ", "dien bien phu", "điện biên phủ"),
        ],
    ),
    "ru": Site(
        [
            ("Новогодняя ёлка", "Праздник для детей."),
            ("ВЫБОРЫ МЭРА", "Голосование в воскресенье."),
            ("Книжные издания", "Новые книги."),
            ("Бассейн", "Плавание для всех."),
            ("Вывоз мусора", "По вторникам."),
        ],
        [
            ("Новогодняя ёлка", "елка", "ёлка", "ЕЛКА"),
            ("ВЫБОРЫ МЭРА", "выборы"),
            ("Книжные издания", "издание", "издания"),
        ],
    ),
    "zh-hans": Site(
        [
            ("绿茶的好处", "每天喝一杯。"),
            ("茶道", "水、杯子和安静。"),
            ("鱼汤的做法", "用小火煮一小时。"),
            ("木木的博客", "旅行和照片。"),
            ("小王的相册", "家人和朋友。"),
            ("西湖一日游", "船、桥和塔。"),
            ("公共图书馆", "借书和电影。"),
            ("台北旅游", "夜市和寺庙。"),
            ("游泳池", "儿童课程。"),
            ("垃圾收集", "每星期二。"),
            ("李明", "数学老师。"),
        ],
        [
            ("鱼汤的做法", "鱼", "汤", "鱼汤"),
            ("木木的博客", "木木", "博客"),
            ("小王的相册", "小王", "相册"),
            ("西湖一日游", "西湖"),
            ("公共图书馆", "图书馆", "圖書館"),
            ("台北旅游", "台北", "臺北", "臺北旅遊"),
            ("李明", "李明"),
            ("茶道", "茶道"),
        ],
    ),
    "zh-hant": Site(
        [
            ("臺北旅遊", "夜市和寺廟。"),
            ("圖書館", "借書和電影。"),
            ("臺灣歷史", "四百年的島嶼。"),
            ("裏面和外面", "給孩子的故事。"),
            ("游泳池", "兒童課程。"),
            ("垃圾收集", "每星期二。"),
        ],
        [
            ("臺北旅遊", "台北", "臺北", "台北旅游"),
            ("圖書館", "图书馆", "圖書館"),
            ("臺灣歷史", "台湾历史", "台灣歷史", "臺灣歷史"),
            ("裏面和外面", "里面", "裏面", "裡面"),
        ],
    ),
    "ja": Site(
        [
            ("図書館の利用案内", "本と映画を借りる。"),
            ("執筆のすすめ", "毎日少しずつ書く。"),
            ("野の花", "春に咲く草。"),
            ("山と渓谷", "登山道の地図。"),
            ("海の家", "夏の営業時間。"),
            ("面積50m²の部屋", "駅から五分。"),
            ("カタカナの歴史", "文字の由来。"),
            ("プール", "子供の教室。"),
            ("ゴミの収集", "毎週火曜日。"),
        ],
        [
            ("図書館の利用案内", "図書館", "利用案内"),
            ("執筆のすすめ", "執筆"),
            ("野の花", "野"),
            ("山と渓谷", "山"),
            ("海の家", "海"),
            ("面積50m²の部屋", "50m²", "50m2", "面積"),
            ("カタカナの歴史", "カタカナ", "ｶﾀｶﾅ"),
        ],
    ),
    "ko": Site(
        [
            ("시립도서관에서 책을 빌리기", "회원 카드가 필요합니다."),
            ("물의 날", "강과 호수의 축제."),
            ("검색은 이렇게", "낱말을 입력하세요."),
            ("수영장", "어린이 강습."),
            ("쓰레기 수거", "매주 화요일."),
        ],
        [
            ("시립도서관에서 책을 빌리기", "도서관", "도서관은", "책"),
            ("물의 날", "물"),
            ("검색은 이렇게", "검색", "검색을"),
        ],
    ),
    "th": Site(
        [
            ("ห้องสมุดประชาชน", "ยืมหนังสือและภาพยนตร์"),
            ("การค้นหาข้อมูล", "พิมพ์คำที่ต้องการ"),
            ("สระว่ายน้ำ", "เรียนสำหรับเด็ก"),
            ("การเก็บขยะ", "ทุกวันอังคาร"),
        ],
        [("ห้องสมุดประชาชน", "ห้องสมุด"), ("การค้นหาข้อมูล", "ค้นหา", "ข้อมูล"), ("สระว่ายน้ำ", "ว่ายน้ำ")],
    ),
}
