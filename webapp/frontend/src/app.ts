import "bootstrap/dist/css/bootstrap.min.css";
import "./css/app.css";
import "./css/clearing.css";
import "./css/print.css";

import { batches } from "./app/batch";
import { behaviours } from "./app/behaviours";
import { confirmations } from "./app/confirm";
import { decisions } from "./app/decision";
import { heldBar } from "./app/held";
import { islands } from "./app/islands";
import { keys } from "./app/keys";
import { pane } from "./app/pane";
import { partials } from "./app/partials";
import { people } from "./app/people";
import { theme } from "./app/theme";

partials();
theme();
confirmations();
decisions();
behaviours();
batches();
people();
heldBar();
islands();
pane();
keys();
