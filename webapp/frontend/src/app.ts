import "bootstrap/dist/css/bootstrap.min.css";
import "./css/app.css";
import "./css/account.css";
import "./css/comfort.css";
import "./css/home.css";
import "./css/lists.css";
import "./css/taskpage.css";
import "./css/print.css";

import { attachments } from "./app/attach";
import { again } from "./app/again";
import { batches } from "./app/batch";
import { behaviours } from "./app/behaviours";
import { confirmations } from "./app/confirm";
import { decisions } from "./app/decision";
import { partials } from "./app/partials";
import { people } from "./app/people";
import { theme } from "./app/theme";

partials();
again();
theme();
confirmations();
decisions();
behaviours();
batches();
people();
attachments();
