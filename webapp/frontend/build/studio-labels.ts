/**
 * Libraries of the studio's editors whose words stand fixed in their code: replaced at build time by
 * calls of t(), as in form-js-labels.ts. An entry that matches nothing fails the build.
 */
import { resolve } from "node:path";
import type { Plugin } from "vite";

interface Label {
  file: string;
  code: string;
  by: string;
  text: string;
}

/** text first: what is shown; file: the end of the module's path; code: what it says; by: what stands there instead. */
const label = (text: string, file: string, code: string, by?: string): Label => ({ text, file, code, by: by ?? `__t(${JSON.stringify(text)})` });

const LINT = "feel-lint/dist/index.js";
const SIMULATION = "bpmn-js-token-simulation/lib/features/";
const EDITOR = "form-js-editor/dist/index.es.js";
const LOG = `${SIMULATION}log/Log.js`;

export const labels: Label[] = [
  label("This cannot be read here.", LINT, "`Unrecognized token in <${parent.name}>`"),
  label("This cannot be read here.", LINT, "`Unrecognized token <${next.name}> in <${parent.name}>`"),
  label("Something is missing at the end.", LINT, "`Incomplete <${ (before || parent).name }>`"),
  label("The first entry is number 1.", LINT, "'First item is accessed via [1]'"),
  label("Suggestions", "@codemirror/autocomplete/dist/index.js", `this.view.state.phrase("Completions")`),
  label("Service task", LOG, "'Service Task'"),
  label("Work of people", LOG, "'User Task'"),
  label("Other process", LOG, "'Call Activity'"),
  label("Script", LOG, "'Script Task'"),
  label("Decision table", LOG, "'Business Rule Task'"),
  label("Work outside the system", LOG, "'Manual Task'"),
  label("Message awaited", LOG, "'Receive Task'"),
  label("Message sent", LOG, "'Send Task'"),
  label("A task", LOG, "elementName || 'Task'", `elementName || __t("A task")`),
  label("One of several ways", LOG, "'Exclusive Gateway'"),
  label("All ways at once", LOG, "'Parallel Gateway'"),
  label("One or more ways", LOG, "'Inclusive Gateway'"),
  label("Where it begins", LOG, "'Start Event'"),
  label("Event on the way", LOG, "'Intermediate Event'"),
  label("Event on the edge", LOG, "'Boundary Event'"),
  label("End", LOG, "'End Event'"),
  label("Part", LOG, "'SubProcess'"),
  label("The process", LOG, ": 'Process'", `: __t("The process")`),
  label("has ended", LOG, "completed ? 'finished' : 'canceled'", `completed ? __t("has ended") : __t("was stopped")`),
  label("has begun", LOG, "} started`", "} ${__t(\"has begun\")}`"),
  label("was stopped", LOG, "__t(\"was stopped\")"),
  label("What happened", LOG, "        Simulation Log", '        ${__t("What happened")}'),
  label("Show or hide what happened", LOG, `title="Toggle Simulation Log"`, 'title="${__t("Show or hide what happened")}"'),
  label("Nothing yet", LOG, `'<p class="bts-entry placeholder">No Entries</p>'`, "`<p class=\"bts-entry placeholder\">${__t(\"Nothing yet\")}</p>`"),
  label("Nothing yet", LOG, `placeholder">No Entries</p>`, 'placeholder">${__t("Nothing yet")}</p>'),
  label("Close", LOG, `aria-label="Close"`, 'aria-label="${__t("Close")}"'),
  label("Start over", `${SIMULATION}reset-simulation/ResetSimulation.js`, `title="Reset Simulation"`, 'title="${__t("Start over")}"'),
  label("Start over", `${SIMULATION}reset-simulation/ResetSimulation.js`, "'Reset Simulation'"),
  label("Some elements are not played", `${SIMULATION}element-support/ElementSupport.js`, "'Found unsupported elements'"),
  label("Not played", `${SIMULATION}element-support/ElementSupport.js`, "'Not supported'"),
  label("Go on or pause", `${SIMULATION}pause-simulation/PauseSimulation.js`, `title="Play/Pause Simulation"`, 'title="${__t("Go on or pause")}"'),
  label("Paused", `${SIMULATION}pause-simulation/PauseSimulation.js`, "'Pause Simulation'"),
  label("Going on", `${SIMULATION}pause-simulation/PauseSimulation.js`, "'Play Simulation'"),
  label("Speed: {speed}", `${SIMULATION}set-animation-speed/SetAnimationSpeed.js`, `title="Set animation speed = \${ label }"`, 'title="${__t("Speed: {speed}", { speed: __t(label) })}"'),
  label("Slow", `${SIMULATION}set-animation-speed/SetAnimationSpeed.js`, "[ 'Slow', 0.5 ]", `[ "Slow", 0.5 ]`),
  label("Normal", `${SIMULATION}set-animation-speed/SetAnimationSpeed.js`, "[ 'Normal', 1 ]", `[ "Normal", 1 ]`),
  label("Fast", `${SIMULATION}set-animation-speed/SetAnimationSpeed.js`, "[ 'Fast', 2 ]", `[ "Fast", 2 ]`),
  label("Look at this case only", `${SIMULATION}show-scopes/ShowScopes.js`, `title="Focus process instance \${scope.id}"`, 'title="${__t("Look at this case only")}"'),
  label("Choose the way", `${SIMULATION}context-pads/handler/ExclusiveGatewayHandler.js`, `title="Set Sequence Flow"`, 'title="${__t("Choose the way")}"'),
  label("Choose the way", `${SIMULATION}context-pads/handler/InclusiveGatewayHandler.js`, `title="Set Sequence Flow"`, 'title="${__t("Choose the way")}"'),
  label("Stop here", `${SIMULATION}context-pads/handler/PauseHandler.js`, `title="\${ wait ? 'Remove' : 'Add' } pause point"`, 'title="${ wait ? __t("Do not stop here") : __t("Stop here") }"'),
  label("Do not stop here", `${SIMULATION}context-pads/handler/PauseHandler.js`, `__t("Do not stop here")`),
  label("Let it happen", `${SIMULATION}context-pads/handler/TriggerHandler.js`, `title="Trigger Event"`, 'title="${__t("Let it happen")}"'),
  label("Add: {name}", EDITOR, "`Create ${getIndefiniteArticle(type)} ${label} element`", `__t("Add: {name}", { name: label })`),
  label("Fill in", EDITOR, "label: 'Input',\n  id: 'basic-input'", `label: __t("Fill in"),\n  id: 'basic-input'`),
  label("To choose from", EDITOR, "label: 'Selection'", `label: __t("To choose from")`),
  label("To read", EDITOR, "label: 'Presentation'", `label: __t("To read")`),
  label("Arrange", EDITOR, "label: 'Containers'", `label: __t("Arrange")`),
  label("Fields", EDITOR, `title: "Components",\n      children: "Components"`, `title: __t("Fields"),\n      children: __t("Fields")`),
  label("Find a field", EDITOR, `placeholder: "Search components"`, `placeholder: __t("Find a field"),\n        "aria-label": __t("Find a field")`),
  label("Clear", EDITOR, `title: "Clear content"`, `title: __t("Clear")`),
  label("There is no such field.", EDITOR, `"No components found."`),
  label("Drag fields here.", EDITOR, `"Drag and drop components here."`),
  label("An empty form", EDITOR, `"Build your form"`),
  label("Drag fields from the left, or choose one and press Enter.", EDITOR, `"Drag and drop components here to start designing."`),
  label("The preview shows it as it will be filled in.", EDITOR, `"Use the preview window to test your form."`),
  label("Remove the field", EDITOR, "'Remove form field'"),
  label("Remove {name}", EDITOR, "`Remove ${entry.label}`", `__t("Remove {name}", { name: entry.label })`),
  label("Rows can be repeated", EDITOR, `"Repeatable"`),
  label("Nothing to read yet", EDITOR, `"Text view is empty"`),
  label("Text that is computed", EDITOR, `"Text view is populated by an expression"`),
  label("Text with values in it", EDITOR, `"Text view is templated"`),
  label("Nothing is computed yet", EDITOR, "'Expression is empty'"),
  label("Computed: {name}", EDITOR, "`Expression for '${key}'`", `__t("Computed: {name}", { name: field.label || key })`),
  label("Move this column", "decision-table/lib/features/drag-and-drop/DragAndDrop.js", "`Move ${isInput(col) ? 'Input' : 'Output'}`"),
  label("Menu of the table", "decision-table/lib/features/context-menu/ContextMenu.js", `"aria-label": "Decision table context menu"`, `"aria-label": __t("Menu of the table")`),
  label("Remove", "dmn-js-shared/lib/components/List.js", `"title": "Remove item"`, `"title": __t("Remove")`),
  label("Ended here", `${SIMULATION}simulation-state/SimulationState.js`, "'Finished'"),
];

/** A name of the diagram is text, never markup. */
const escaped: [file: string, from: string, to: string][] = [
  [LOG, '<span class="bts-text" title="${ text }">${text}</span>', '<span class="bts-text" title="${ __escaped(text) }">${ __escaped(text) }</span>'],
  [`${SIMULATION}notifications/Notifications.js`, '<span class="bts-text" title="${ text }">${text}</span>', '<span class="bts-text" title="${ __escaped(text) }">${ __escaped(text) }</span>'],
];

/** What Chromium 98 does not have, said as it does. */
const older: [file: string, from: string, to: string][] = [[EDITOR, "grouped[key].toSorted((a, b)", "[...grouped[key]].sort((a, b)"]];
const ESCAPE = `const __escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => "&#" + sign.charCodeAt(0) + ";");\n`;

export function studioLabels(): Plugin {
  const i18n = resolve(import.meta.dirname, "../src/lib/i18n.ts");
  return {
    name: "studio-labels",
    transform(code, id) {
      const file = id.replaceAll("\\", "/");
      const here = [...labels.map(({ file: of, code: from, by }) => [of, from, by] as const), ...escaped, ...older].filter(([of]) => file.endsWith(of));
      if (here.length === 0) return undefined;
      let result = code;
      for (const [of, from, to] of here) {
        if (!result.includes(from)) this.error(`${of} no longer contains: ${from}`);
        result = result.replaceAll(from, to);
      }
      return { code: `import { t as __t } from ${JSON.stringify(i18n)};\n${ESCAPE}${result}`, map: null };
    },
  };
}
