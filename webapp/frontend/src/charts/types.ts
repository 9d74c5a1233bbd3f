/** What the server says of a chart. */
export interface Chart {
  kind: "columns" | "bars";
  categories: string[];
  series: { name: string; main: boolean; data: { value: number; url: string }[] }[];
  unit?: string;
  says: string;
}
