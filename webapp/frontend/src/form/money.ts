/** Money is whole 分 inside and 元 with separators outside; no floating point on the way. */
export function toFen(text: string): number | null | undefined {
  const plain = text.normalize("NFKC").replace(/[,\s¥元]/g, "");
  if (plain === "") return null;
  const match = /^(\d{1,12})(?:\.(\d{0,2}))?$/.exec(plain);
  if (!match) return undefined;
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

export function fromFen(fen: number): string {
  const yuan = Math.floor(fen / 100).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${yuan}.${String(fen % 100).padStart(2, "0")}`;
}

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const UNITS = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿", "兆"];

/** The amount in the capital numerals banks ask for: 壹万贰仟元整. */
export function capitals(fen: number): string {
  if (fen === 0) return "零元整";
  let yuan = Math.floor(fen / 100);
  const jiao = Math.floor(fen / 10) % 10;
  const rest = fen % 10;
  let whole = "";
  let gap = false;
  for (let group = 0; yuan > 0; group += 1) {
    const four = yuan % 10000;
    let part = "";
    let zero = false;
    for (let place = 0, left = four; place < 4; place += 1, left = Math.floor(left / 10)) {
      const digit = left % 10;
      if (digit === 0) {
        if (part) zero = true;
        continue;
      }
      part = (DIGITS[digit] ?? "") + (UNITS[place] ?? "") + (zero ? "零" : "") + part;
      zero = false;
    }
    if (four > 0) whole = part + (GROUPS[group] ?? "") + (gap && whole ? "零" : "") + whole;
    gap = four === 0 ? whole !== "" : four < 1000;
    yuan = Math.floor(yuan / 10000);
  }
  let result = whole ? `${whole}元` : "";
  if (jiao === 0 && rest === 0) return `${result}整`;
  if (jiao > 0) result += `${DIGITS[jiao] ?? ""}角`;
  else if (whole) result += "零";
  return rest > 0 ? `${result}${DIGITS[rest] ?? ""}分` : `${result}整`;
}
