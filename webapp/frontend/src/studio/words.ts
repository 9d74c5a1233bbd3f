/** The studio's own translations; imported first by every entry of the studio. */
import zh from "virtual:studio-messages";
import { lang, learn } from "../lib/i18n";

if (lang === "zh") learn(zh);
