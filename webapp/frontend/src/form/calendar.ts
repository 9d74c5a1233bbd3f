/** The calendar of date fields in the reader's language. */
import flatpickr from "flatpickr";
import { Mandarin } from "flatpickr/dist/l10n/zh.js";
import { lang, t } from "../lib/i18n";

// The library's own Chinese lacks what is only heard.
const heard = { monthAriaLabel: t("Month"), yearAriaLabel: t("Year"), hourAriaLabel: t("Hour"), minuteAriaLabel: t("Minute") };
if (lang === "zh") flatpickr.localize({ ...Mandarin, ...heard });
