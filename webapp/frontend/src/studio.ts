import "./css/studio.css";

if (document.querySelector("form[data-source]")) void import("./studio/source").then(({ startSources }) => startSources());
