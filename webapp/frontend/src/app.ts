import "bootstrap/dist/css/bootstrap.min.css";
import "./css/app.css";
import "./css/taskpage.css";
import "./css/print.css";

import { attachments } from "./app/attach";
import { batches } from "./app/batch";
import { behaviours } from "./app/behaviours";
import { confirmations } from "./app/confirm";
import { decisions } from "./app/decision";
import { partials } from "./app/partials";
import { people } from "./app/people";
import { previews } from "./app/preview";
import { theme } from "./app/theme";

partials();
theme();
confirmations();
decisions();
behaviours();
batches();
people();
attachments();
previews();
