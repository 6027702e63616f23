const place = document.getElementById("redoc");
Redoc.init(place.dataset.openapi, { disableSearch: false, hideDownloadButton: false }, place);
