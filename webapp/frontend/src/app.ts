import "bootstrap/dist/css/bootstrap.min.css";
import "./css/app.css";
import "./css/print.css";

import { behaviours } from "./app/behaviours";
import { confirmations } from "./app/confirm";
import { decisions } from "./app/decision";
import { partials } from "./app/partials";
import { theme } from "./app/theme";

partials();
theme();
confirmations();
decisions();
behaviours();
