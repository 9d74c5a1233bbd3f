import "./css/studio.css";

if (document.querySelector("form[data-source]")) void import("./studio/text-form").then(({ startTextForms }) => startTextForms());
