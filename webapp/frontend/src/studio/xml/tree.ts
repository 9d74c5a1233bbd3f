/** A tree over the text of an XML file, in which every element knows where it stands in the text. */
export interface XmlAttribute {
  /** as written, with its prefix */
  name: string;
  value: string;
  /** from the name's first letter to after the closing quote */
  start: number;
  end: number;
}

export interface XmlElement {
  name: string;
  namespace: string;
  local: string;
  attributes: XmlAttribute[];
  children: XmlElement[];
  parent: XmlElement | null;
  /** the characters inside, without those of elements */
  text: string;
  /** prefix → namespace, as declared here and above */
  scope: Record<string, string>;
  start: number;
  /** after the opening tag */
  opened: number;
  /** before the closing tag; of `<a/>` the same as `opened` */
  closing: number;
  end: number;
}

const TOKEN = /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<!(?:[^[>]|\[[\s\S]*?\])*>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|[^<]+/g;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The root element; throws where the text is not well-formed enough to be followed. */
export function readTree(text: string): XmlElement {
  let root: XmlElement | null = null;
  let open: XmlElement | null = null;
  let reached = 0;
  for (const token of text.matchAll(TOKEN)) {
    if (token.index !== reached) throw new Error(`not XML at ${reached}`);
    reached += token[0].length;
    const [whole, cdata, closes, opens, attributes = "", selfClosing] = token;
    if (opens !== undefined) {
      const element = begin(opens, attributes, open, token.index, reached, token.index + 1 + opens.length);
      if (open) open.children.push(element);
      else root ??= element;
      if (selfClosing) element.closing = element.end = reached;
      else open = element;
    } else if (closes !== undefined) {
      if (!open || open.name !== closes) throw new Error(`</${closes}> closes nothing`);
      open.closing = token.index;
      open.end = reached;
      open = open.parent;
    } else if (open && (cdata !== undefined || !whole.startsWith("<"))) {
      open.text += cdata ?? decode(whole);
    }
  }
  if (!root || open || reached !== text.length) throw new Error("the file ends too early");
  return root;
}

function begin(name: string, written: string, parent: XmlElement | null, start: number, opened: number, from: number): XmlElement {
  const attributes = [...written.matchAll(ATTRIBUTE)].map((match): XmlAttribute => {
    // Line ends and tabs written out in an attribute are spaces to every reader.
    const value = decode((match[2] ?? match[3] ?? "").replace(/\r\n|[\r\n\t]/g, " "));
    return { name: match[1] ?? "", value, start: from + match.index, end: from + match.index + match[0].length };
  });
  const scope = { ...(parent?.scope ?? { "": "", xml: "http://www.w3.org/XML/1998/namespace" }) };
  for (const one of attributes) {
    if (one.name === "xmlns") scope[""] = one.value;
    else if (one.name.startsWith("xmlns:")) scope[one.name.slice(6)] = one.value;
  }
  const [namespace, local] = resolve(name, scope, true);
  return { name, namespace, local, attributes, children: [], parent, text: "", scope, start, opened, closing: opened, end: opened };
}

/** A name as (namespace, local); attributes without a prefix are in none. */
export function resolve(name: string, scope: Record<string, string>, isElement: boolean): [namespace: string, local: string] {
  const at = name.indexOf(":");
  if (at < 0) return [isElement ? (scope[""] ?? "") : "", name];
  const prefix = name.slice(0, at);
  // An undeclared prefix is kept apart from every namespace by its colon.
  return [scope[prefix] ?? `${prefix}:`, name.slice(at + 1)];
}

export function decode(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, number?: string, name?: string) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    if (number) return String.fromCodePoint(Number(number));
    return NAMED[name ?? ""] ?? whole;
  });
}

export function encodeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

export function encodeAttribute(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/\n/g, "&#10;").replace(/\r/g, "&#13;").replace(/\t/g, "&#9;");
}
