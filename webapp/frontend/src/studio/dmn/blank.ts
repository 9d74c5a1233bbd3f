/** What a file of tables begins with: one table, with one condition, one result and one rule. */
export function blank(path: string): string {
  const name = (path.split("/").pop() ?? "").replace(/\.dmn$/, "").replace(/[^\w-]/g, "_") || "decision";
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
    xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
    xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"
    id="${name}_definitions" name="${name}" namespace="urn:gongban:decision:${name}">
  <decision id="${name}" name="${name}">
    <variable id="${name}_variable" name="${name}" />
    <decisionTable id="${name}_table" hitPolicy="FIRST">
      <input id="${name}_in_1">
        <inputExpression id="${name}_in_1_expression">
          <text></text>
        </inputExpression>
      </input>
      <output id="${name}_out_1" name="result" />
      <rule id="${name}_rule_1">
        <inputEntry id="${name}_rule_1_in_1">
          <text></text>
        </inputEntry>
        <outputEntry id="${name}_rule_1_out_1">
          <text></text>
        </outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram id="diagram">
      <dmndi:DMNShape id="${name}_shape" dmnElementRef="${name}">
        <dc:Bounds x="260" y="180" width="180" height="80" />
      </dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
`;
}
