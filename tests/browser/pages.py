"""Every page there is, for the tests that look at all of them."""

# The pages by endpoint; a new page is one more line. What stands in braces is in conftest.names.
PAGES = {
    "search.home": ["/"],
    "search.page": [
        "/search?q=比特币 狗狗币&from=2013&kind=newsflash&undated=1&sort=newest",
        "/search?q=比特弊",
        "/search?q=没有的词&city=深圳&page=2",
        "/search?from=x",
    ],
    "trends.page": ["/trends", "/trends?q=比特币&q=以太坊&unit=share", "/trends?from=x&q=a"],
    "documents.page": ["/d/{document_id}?q=比特币", "/d/2222222222222"],
    "pages.page": ["/p/{page_id}?d={document_id}", "/p/2222222222222"],
    "basket.page": ["/basket"],
    "kept.page": ["/kept"],
    "help.page": ["/help"],
    "adding.page": ["/add"],
    "adding.upload": ["/add/{upload_id}"],
}
