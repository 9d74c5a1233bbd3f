/** Marks on a diagram outside of the studio's editors: they bring the studio's words along. */
import "./words";

export { mark } from "./marks";
