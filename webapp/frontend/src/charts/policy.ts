/**
 * The renderer writes a text's font as a `style` attribute, which the content security policy forbids;
 * what a script sets on the element's own style is allowed, and looks the same.
 */
export function allowStyles(): void {
  const plain = SVGElement.prototype.setAttribute;
  SVGElement.prototype.setAttribute = function (this: SVGElement, name: string, value: string): void {
    if (name === "style") this.style.cssText = value;
    else plain.call(this, name, value);
  };
}
