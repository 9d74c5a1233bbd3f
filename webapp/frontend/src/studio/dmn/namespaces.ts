/** The editor knows DMN 1.3; the engine reads 1.1 to 1.5. Names of elements are the same, so a file keeps its own. */
const MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/";
const DRAWING = "https://www.omg.org/spec/DMN/20191111/DMNDI/";

const VERSIONS: [model: string, drawing: string][] = [
  ["http://www.omg.org/spec/DMN/20151101/dmn.xsd", ""],
  ["http://www.omg.org/spec/DMN/20180521/MODEL/", "http://www.omg.org/spec/DMN/20180521/DMNDI/"],
  [MODEL, DRAWING],
  ["https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20211108/DMNDI/"],
  ["https://www.omg.org/spec/DMN/20230324/MODEL/", "https://www.omg.org/spec/DMN/20230324/DMNDI/"],
];

export const isModel = (namespace: string | null): boolean => VERSIONS.some(([model]) => model === namespace);

/** A namespace as the editor has it. */
export function known(namespace: string | null): string | null {
  for (const [model, drawing] of VERSIONS) {
    if (namespace === model) return MODEL;
    if (namespace && namespace === drawing) return DRAWING;
  }
  return namespace;
}

/** A namespace of the editor as a file of this version has it. */
export function own(namespace: string | null, root: Element): string | null {
  const version = VERSIONS.find(([model]) => model === root.namespaceURI);
  if (!version) return namespace;
  if (namespace === MODEL) return version[0];
  return namespace === DRAWING && version[1] ? version[1] : namespace;
}

/** The file's text with the namespaces the editor knows. */
export function forEditor(xml: string): string {
  return VERSIONS.reduce((text, [model, drawing]) => {
    const renamed = text.replaceAll(`"${model}"`, `"${MODEL}"`).replaceAll(`'${model}'`, `'${MODEL}'`);
    return drawing ? renamed.replaceAll(`"${drawing}"`, `"${DRAWING}"`).replaceAll(`'${drawing}'`, `'${DRAWING}'`) : renamed;
  }, xml);
}
