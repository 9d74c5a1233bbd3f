declare module "virtual:messages" {
  const table: Record<string, string>;
  export default table;
}
