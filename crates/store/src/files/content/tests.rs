use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

fn zip_of(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("memory");
        writer.write_all(text.as_bytes()).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

fn docx(more: &[(&str, &str)]) -> Vec<u8> {
    let types = "<Types>application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml</Types>";
    let parts = [("[Content_Types].xml", types), ("word/document.xml", "<w/>")];
    zip_of(&[&parts[..], more].concat())
}

const TYPES: &str = "<Types>application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml</Types>";

fn xlsx(types: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let parts = [("[Content_Types].xml", types), ("xl/workbook.xml", "<workbook/>")];
    zip_of(&[&parts[..], more].concat())
}

/// A PDF that does something when it is opened.
fn opening(action: &str, more: &str) -> Vec<u8> {
    format!("%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction {action}>>endobj{more}\n%%EOF").into_bytes()
}

const TEMPLATE: &str = "<Relationships><Relationship Id='r1' TargetMode='External' \
                        Type='http://x/relationships/attachedTemplate' Target='http://y'/></Relationships>";

fn png_of(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = pictures::PNG_SIGNATURE.to_vec();
    for (kind, data) in chunks {
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(*kind);
        bytes.extend(*data);
        bytes.extend([0; 4]);
    }
    bytes
}

/// The header of a PNG of so many pixels, in true colour.
fn header(width: u32, height: u32) -> Vec<u8> {
    [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat()
}

fn jpeg_of(frame: u8, width: u16, height: u16, data: usize) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, frame, 0, 11, 8];
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([1, 1, 0x11, 0, 0xFF, 0xDA, 0, 2]);
    bytes.extend(vec![1; data]);
    bytes.extend([0xFF, 0xD9]);
    bytes
}

const JPEG: &[u8] =
    &[0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 2, 1, 2, 3, 0xFF, 0xD9];

#[test]
fn takes_what_it_knows() {
    assert_eq!(sniff(PDF), Ok(MediaType::Pdf));
    assert_eq!(sniff(JPEG), Ok(MediaType::Jpeg));
    assert_eq!(sniff(&png_of(&[(b"IHDR", &header(1, 1)), (b"IDAT", &[1]), (b"IEND", &[])])), Ok(MediaType::Png));
    assert_eq!(sniff(&docx(&[("word/media/image1.png", "")])), Ok(MediaType::Docx));
    let link = TEMPLATE.replace("attachedTemplate", "hyperlink");
    assert_eq!(sniff(&docx(&[("word/_rels/document.xml.rels", &link)])), Ok(MediaType::Docx));
    let page = "<w:fldSimple w:instr='PAGE'/><w:instrText> HYPERLINK \"http://dde\"</w:instrText>DDEAUTO";
    assert_eq!(sniff(&docx(&[("word/footer1.xml", page)])), Ok(MediaType::Docx));
    assert_eq!(sniff(&xlsx(TYPES, &[("xl/sharedStrings.xml", "<t>ddeLink</t>")])), Ok(MediaType::Xlsx));
    assert_eq!(sniff(&opening("[3 0 R /FitH null]", "3 0 obj<</A<</S/URI/URI(x)>>>>endobj")), Ok(MediaType::Pdf));
    assert_eq!(sniff(&opening("<</S/GoTo/D[3 0 R/Fit]>>/URI<</Base(x)>>", "")), Ok(MediaType::Pdf));
    assert_eq!(sniff(&zip_of(&[("OFD.xml", "<ofd/>"), ("Doc_0/Document.xml", "")])), Ok(MediaType::Ofd));
}

/// In the pictures of a scan two letters behind a slash stand by chance, and are no name.
#[test]
fn a_scan_is_not_refused_for_what_its_pictures_happen_to_hold() {
    for chance in [
        b"/JS \x80\x01".as_slice(),
        b"/AA(\x93",
        b"/EF[\x01",
        b"/JS/x",
        b"/AA 7\x80 ",
        b"/EF 7 8 \x80",
        b"/J#53\0)\x02",
    ] {
        let before = b"%PDF-1.4\n1 0 obj<</Length 9>>stream\n";
        let scan = [before.as_slice(), chance, &[0x80; 300], b"\nendstream endobj\n%%EOF"].concat();
        assert_eq!(sniff(&scan), Ok(MediaType::Pdf), "{}", String::from_utf8_lossy(chance));
    }
}

#[test]
fn refuses_what_is_disguised_active_or_torn() {
    let with = |bytes: &[u8], more: &[u8]| [bytes, more].concat();
    let hyperlike = TEMPLATE.replace("http://y", "http://y/hyperlink&quot;&apos;/hyperlink");
    let relation = |kind: &str| TEMPLATE.replace("attachedTemplate", kind).replace("TargetMode='External'", "");
    let simple = "<w:fldSimple w:instr=' &#68;DEAUTO c:\\\\cmd.exe'/>".to_owned();
    let pieces = "<w:r><w:fldChar/><w:instrText> DDE</w:instrText><w:instrText>AUTO x</w:instrText></w:r>";
    let calls = format!("<externalLink>{}<ddeLink ddeService='cmd'/></externalLink>", " ".repeat(65_520));
    let cases: Vec<(&str, Vec<u8>, Unfit)> = vec![
        ("nothing", Vec::new(), Unfit::Empty),
        ("a page", b"<!DOCTYPE html><script>1</script>".to_vec(), Unfit::Unknown),
        ("a drawing with scripts", b"<svg onload='x'/>".to_vec(), Unfit::Unknown),
        ("a program", b"MZ\x90\0".to_vec(), Unfit::Unknown),
        ("a PDF with a script", b"%PDF-1.4 <</S/JavaScript/JS(x)>> %%EOF".to_vec(), Unfit::Active),
        ("a PDF with a hidden script", b"%PDF-1.4 <</S/J#61vaScript>> %%EOF".to_vec(), Unfit::Active),
        ("a PDF that starts programs", b"%PDF-1.4 <</S/Launch>> %%EOF".to_vec(), Unfit::Active),
        ("a PDF with a password", b"%PDF-1.4 trailer<</Encrypt 5 0 R>> %%EOF".to_vec(), Unfit::Encrypted),
        ("a PDF cut short", b"%PDF-1.4 <</Type".to_vec(), Unfit::Damaged),
        ("a PDF with an archive behind", with(PDF, b"PK\x03\x04"), Unfit::Damaged),
        ("a photo with an archive behind", with(JPEG, b"PK\x03\x04 \xFF"), Unfit::Damaged),
        ("a photo with a page inside", with(&JPEG[..19], b"<ScRipt>\xFF\xD9"), Unfit::Damaged),
        ("a photo without a picture", vec![0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF], Unfit::Damaged),
        ("a PNG without an end", png_of(&[(b"IHDR", &header(1, 1))]), Unfit::Damaged),
        (
            "a PNG with something behind",
            with(&png_of(&[(b"IHDR", &header(1, 1)), (b"IDAT", &[1]), (b"IEND", &[])]), b"x"),
            Unfit::Damaged,
        ),
        (
            "a PDF that carries a file",
            b"%PDF-1.4 <</Subtype/FileAttachment/FS<</EF<</F 6 0 R>>>>>> %%EOF".to_vec(),
            Unfit::Active,
        ),
        ("a PDF that sends forms", b"%PDF-1.4 <</S/SubmitForm/F(x)>> %%EOF".to_vec(), Unfit::Active),
        ("a PDF that is an archive too", [PDF, &docx(&[]), b"%%EOF"].concat(), Unfit::Damaged),
        ("a template from elsewhere", docx(&[("word/_rels/settings.xml.rels", TEMPLATE)]), Unfit::Reaching),
        ("the same in numbers", docx(&[("_rels/.rels", &TEMPLATE.replace("Ext", "&#69;xt"))]), Unfit::Active),
        ("the same with a telling address", docx(&[("_rels/.rels", &hyperlike)]), Unfit::Reaching),
        ("another document inside", docx(&[("_rels/.rels", &relation("aFChunk"))]), Unfit::Active),
        ("macros under another name", docx(&[("_rels/.rels", &relation("vbaProject"))]), Unfit::Active),
        ("a field that calls", docx(&[("word/footer1.xml", &simple)]), Unfit::Reaching),
        ("a field in pieces", docx(&[("word/media/image1.png", pieces)]), Unfit::Reaching),
        ("a field in UTF-16", docx(&[("word/footer1.xml", "\0<\0w")]), Unfit::Damaged),
        ("a workbook that calls", xlsx(TYPES, &[("xl/externalLinks/externalLink1.xml", &calls)]), Unfit::Reaching),
        (
            "one that links",
            xlsx(TYPES, &[("xl/a.xml", "<x:externalLink><x:oleLink/></x:externalLink>")]),
            Unfit::Reaching,
        ),
        ("one with macros", xlsx(&TYPES.replace("</", "application/x.macroEnabled</"), &[]), Unfit::Active),
        ("one with escaped macros", xlsx(&TYPES.replace("</", "x.m&#97;cro&#x45;nabled</"), &[]), Unfit::Active),
        ("a PDF that acts on its pages", b"%PDF-1.4 <</Type/Page/AA<</O 5 0 R>>>> %%EOF".to_vec(), Unfit::Active),
        ("the same elsewhere", b"%PDF-1.4 <</Type/Page/AA 5 0 R>> %%EOF".to_vec(), Unfit::Active),
        ("a script elsewhere", b"%PDF-1.4 <</S/X/JS\t12 0\nR>> %%EOF".to_vec(), Unfit::Active),
        ("a script in figures", b"%PDF-1.4 <</S/X/J#53<616C65>>> %%EOF".to_vec(), Unfit::Active),
        ("a script behind a remark", b"%PDF-1.4 <</S/X/JS%(\r\n (x)>> %%EOF".to_vec(), Unfit::Active),
        (
            "a script behind a long remark",
            [b"%PDF-1.4 <</S/X/JS%".as_slice(), &[b'x'; 500], b"\n(x)>> %%EOF"].concat(),
            Unfit::Active,
        ),
        ("a file elsewhere", b"%PDF-1.4 <</EF 5 0 R>> %%EOF".to_vec(), Unfit::Active),
        ("a PDF that plays", b"%PDF-1.4 <</S/Rendition>> %%EOF".to_vec(), Unfit::Active),
        ("a PDF that opens an address", opening("<</S/URI/URI(http://x)>>", ""), Unfit::Reaching),
        ("the same elsewhere in it", opening("5 0 R", "\n5 0 obj\n<</S /U#52I/URI(x)>>endobj"), Unfit::Reaching),
        ("one that does so next", opening("<</S/GoTo/D[3 0 R/Fit]/Next 7 0 R>>", ""), Unfit::Reaching),
        ("macros", docx(&[("word/vbaProject.bin", "x")]), Unfit::Active),
        ("a program inside", docx(&[("word/media/a.EXE", "x")]), Unfit::Active),
        ("a part that climbs out", docx(&[("../../etc/passwd", "x")]), Unfit::Active),
        ("an archive", zip_of(&[("a.txt", "x")]), Unfit::Unknown),
        ("something before an archive", with(b"PK\x03\x04", &docx(&[])), Unfit::Damaged),
        ("old Office", vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1], Unfit::Encrypted),
    ];
    for (what, bytes, why) in cases {
        assert_eq!(sniff(&bytes), Err(why), "{what}");
    }
}

#[test]
fn what_is_made_to_take_long_does_not() {
    let begun = std::time::Instant::now();
    let pieces = format!("<w>{}</w>", "<w:instrText> 1</w:instrText>".repeat(200_000));
    assert_eq!(sniff(&docx(&[("word/footer1.xml", &pieces)])), Ok(MediaType::Docx));
    let signs = "&".repeat(1 << 19);
    assert_eq!(sniff(&xlsx(&TYPES.replace("</", &format!("{signs}</")), &[])), Err(Unfit::Damaged));
    assert_eq!(sniff(&opening("1 0 R", &"a1".repeat(1 << 20))), Ok(MediaType::Pdf));
    assert_eq!(sniff(&opening("1 0 R", &"/OpenAction 1 0 R".repeat(1 << 10))), Err(Unfit::Reaching));
    assert!(begun.elapsed().as_secs() < 20, "each alone would take hours if it were looked through again and again");
}

/// What little unpacks to much is not read to its end, whatever it says of its size.
#[test]
fn what_unpacks_to_too_much_is_not_read() {
    let blown = format!("<w>{}</w>", " ".repeat(20 << 20));
    let bytes = docx(&[("word/footer1.xml", &blown)]);
    assert!(bytes.len() < 100_000, "{} bytes", bytes.len());
    assert_eq!(sniff(&bytes), Err(Unfit::TooMuch), "one part of 20 MiB");
    // A table of different amounts, as a spreadsheet has it, is ten times as large as its file.
    let rows: String = (0..200_000_u64).map(|row| format!("<c r='A{row}'><v>{}</v></c>", row * row % 99_991)).collect();
    let sheet = format!("<sheetData>{rows}</sheetData>");
    assert_eq!(sniff(&xlsx(TYPES, &[("xl/worksheets/sheet1.xml", &sheet)])), Ok(MediaType::Xlsx));
    let more = [("xl/worksheets/sheet1.xml", sheet.as_str()), ("xl/worksheets/sheet2.xml", &sheet.repeat(13))];
    assert!(sheet.len() * 14 > 64 << 20);
    assert_eq!(sniff(&xlsx(TYPES, &more)), Err(Unfit::TooMuch), "all parts together");
    let lists: Vec<String> = (0..70).map(|number| format!("word/_rels/a{number}.rels")).collect();
    let list = format!("<Relationships>{}</Relationships>", " ".repeat((1 << 20) - 100));
    let lists: Vec<(&str, &str)> = lists.iter().map(|name| (name.as_str(), list.as_str())).collect();
    assert_eq!(sniff(&docx(&lists)), Err(Unfit::TooMuch), "many lists");
    // The size that the archive's directory claims, in front of the name by 22 bytes.
    let mut lying = docx(&[("word/footer1.xml", &blown)]);
    let name = lying.windows(16).rposition(|window| window == b"word/footer1.xml").expect("in the directory");
    lying[name - 22..name - 18].copy_from_slice(&90_u32.to_le_bytes());
    assert_eq!(sniff(&lying), Err(Unfit::Damaged), "a part that says it is small");
}

#[test]
fn what_is_said_goes_by_the_name_and_by_what_is_in_it() {
    let zh = |name: &str, bytes: &[u8]| {
        let found =
            sniff(bytes).and_then(|found| if fits(name, found) { Ok(found) } else { Err(Unfit::Disguised(found)) });
        found.expect_err("unfit").text(name).0
    };
    let torn = "“坏.docx”打不开：内容不是 Word 文件，可能没有传完或已损坏。请重新导出，或拍照上传。";
    assert_eq!(zh("坏.docx", b"no archive at all"), torn);
    assert_eq!(zh("C:\\表\\坏.docx", &zip_of(&[("a.txt", "x")])), torn);
    let cut = zh("坏.docx", &docx(&[])[..60]);
    assert!(cut.starts_with("“坏.docx”打不开：文件没有传完") && cut.ends_with("拍照上传。"), "{cut}");
    assert!(zh("照片.JPG", b"<html>").contains("打不开：内容不是 JPG 照片"));
    assert!(zh("说明.txt", b"words").contains("没有收下：只接收 PDF、JPG"));
    assert!(zh("旧.doc", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1]).contains("旧版 Office 文件不收"));
    assert!(zh("新.docx", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1]).contains("加了密"));
    assert!(zh("证书.png", PDF).contains("内容是 PDF 文件，文件名却以 .png 结尾。请把扩展名改成 .pdf"));
    let english = Unfit::Unknown.text("a.xlsx").1;
    assert!(english.starts_with("“a.xlsx” cannot be opened: what is in it is no Excel file"), "{english}");
}

#[test]
fn names_are_cleaned() {
    let clean = |name| clean_name(name, MediaType::Pdf);
    assert_eq!(clean("证书.PDF"), "证书.PDF");
    assert_eq!(clean("C:\\Users\\x\\..\\证书.pdf"), "证书.pdf");
    assert_eq!(clean("a\u{202E}fdp.exe"), "afdp.exe.pdf");
    assert_eq!(clean("../"), "附件.pdf");
    assert_eq!(clean("\"<b>\r\n"), "b.pdf");
    assert_eq!(clean(&"长".repeat(300)).chars().count(), 104);
    assert!(fits("a.pdf", MediaType::Pdf) && fits("扫描件", MediaType::Pdf) && fits("3.5版 说明", MediaType::Pdf));
    assert!(!fits("a.png", MediaType::Pdf) && !fits("a.pdf.exe", MediaType::Pdf));
}

/// An office reads marked sections, comments and numbers as one text; so does what looks for fields that call.
#[test]
fn what_fetches_or_runs_is_found_however_it_is_written() {
    let field = |words: &str| format!("<w><w:fldChar w:fldCharType='begin'/><w:instrText>{words}</w:instrText></w>");
    let fields = [
        "<![CDATA[DDEAUTO c:\\\\x ]]>",
        "D<![CDATA[DEAUTO x]]>",
        "D<!-- x -->DEAUTO x",
        "D<?x y?>DEAUTO x",
        " d&#100;eauto x",
        "INCLUDEPICTURE \"http://evil/a.png\" \\d",
        "INCLUDEPICTURE \"\\\\\\\\evil\\\\a.png\"",
        "INCLUDETEXT \"\\\\evil\\a\"",
        "LINK Excel.Sheet.8 x",
        "QUOTE 68 68 69",
        "D</w:instrText><w:fldChar w:fldCharType='begin'/><w:instrText>PAGE</w:instrText>\
         <w:fldChar w:fldCharType='end'/><w:instrText>DEAUTO x",
    ];
    for words in fields {
        assert_eq!(sniff(&docx(&[("word/footer1.xml", &field(words))])), Err(Unfit::Reaching), "{words}");
    }
    assert_eq!(sniff(&docx(&[("word/footer1.xml", &field("D<x/>DEAUTO x"))])), Err(Unfit::Damaged));
    let pasted = "INCLUDEPICTURE \"C:\\\\Users\\\\图.png\" \\* MERGEFORMATINET";
    for words in ["PAGE", "HYPERLINK \"http://a\"", "TOC \\o", pasted, "DATE"] {
        assert_eq!(sniff(&docx(&[("word/footer1.xml", &field(words))])), Ok(MediaType::Docx), "{words}");
    }
    let drawn = "<xml><v:imagedata src='http://evil/a.png'/></xml>";
    assert_eq!(sniff(&docx(&[("word/vml.xml", drawn)])), Err(Unfit::Reaching));
    assert_eq!(sniff(&docx(&[("word/media/a.svg", "<svg onload='x'/>")])), Err(Unfit::Active));
    assert_eq!(sniff(&docx(&[("word/media/a.svg", "<svg><g/><script>x</script></svg>")])), Err(Unfit::Active));
    assert_eq!(
        sniff(&docx(&[("word/media/a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>")])),
        Ok(MediaType::Docx)
    );
    for inside in ["MZ\u{90}", "PK\u{3}\u{4}", "{\\rtf1"] {
        assert_eq!(sniff(&docx(&[("word/media/a.png", inside)])), Err(Unfit::Active), "{inside:?}");
    }
    assert_eq!(sniff(&docx(&[("word/a.xml", "<?xml version='1.0' encoding='UTF-7'?><w/>")])), Err(Unfit::Damaged));
    let web = "<connections><connection refreshOnLoad='1'><webPr url='http://evil/'/></connection></connections>";
    assert_eq!(sniff(&xlsx(TYPES, &[("xl/connections.xml", web)])), Err(Unfit::Reaching));
    let sheet = |formula: &str| format!("<worksheet><row><c><f>{formula}</f></c></row></worksheet>");
    for formula in ["_xlfn.WEBSERVICE(\"http://evil\")", "1+im<!-- -->age(A1)", "SUM(RTD(1,2))", "<![CDATA[RTD(]]>1)"] {
        assert_eq!(sniff(&xlsx(TYPES, &[("xl/sheet1.xml", &sheet(formula))])), Err(Unfit::Reaching), "{formula}");
    }
    for formula in ["SUM(A1:A9)", "MYIMAGE(1)", "HYPERLINK(\"http://a\")", "IMAGE", "_xlfn.XLOOKUP(1,A1,B1)"] {
        assert_eq!(sniff(&xlsx(TYPES, &[("xl/sheet1.xml", &sheet(formula))])), Ok(MediaType::Xlsx), "{formula}");
    }
}

#[test]
fn refuses_pictures_that_no_scanner_gives_or_that_are_not_all_there() {
    let png = |width, height, data: usize| {
        sniff(&png_of(&[(b"IHDR", &header(width, height)), (b"IDAT", &vec![1; data]), (b"IEND", &[])]))
    };
    assert_eq!(png(60_000, 60_000, 1_000), Err(Unfit::Vast(60_000, 60_000)));
    assert_eq!(png(29_000, 29_000, 9 << 20), Err(Unfit::Vast(29_000, 29_000)));
    // A white sheet packs well, but not to nothing.
    assert_eq!((png(2_480, 3_508, 26_000), png(2_480, 3_508, 1_000)), (Ok(MediaType::Png), Err(Unfit::Damaged)));
    assert_eq!((png(0, 9, 9), png(1, 1, 0)), (Err(Unfit::Damaged), Err(Unfit::Damaged)));
    assert_eq!(sniff(&png_of(&[(b"IHDR", &[0, 0, 0, 1]), (b"IDAT", &[1]), (b"IEND", &[])])), Err(Unfit::Damaged));
    let jpeg = |frame, width, height, data| sniff(&jpeg_of(frame, width, height, data));
    assert_eq!(jpeg(0xC2, 60_000, 60_000, 1_000), Err(Unfit::Vast(60_000, 60_000)));
    assert_eq!(
        (jpeg(0xC0, 4_000, 3_000, 50_000), jpeg(0xC0, 4_000, 3_000, 1_000)),
        (Ok(MediaType::Jpeg), Err(Unfit::Damaged))
    );
    assert_eq!(jpeg(0xC2, 4_000, 3_000, 1_000), Ok(MediaType::Jpeg));
    let no_frame = [&JPEG[..2], &JPEG[15..]].concat();
    assert_eq!(sniff(&no_frame), Err(Unfit::Damaged));
    let (zh, en) = Unfit::Vast(60_000, 60_000).text("证书.png");
    assert!(
        zh.contains("“证书.png”没有收下：图片有 60000×60000 像素") && en.contains("60000×60000 pixels"),
        "{zh} {en}"
    );
}
