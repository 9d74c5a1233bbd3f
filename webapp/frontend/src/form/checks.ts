/** GB 11643: the last character of an identity number follows from the first seventeen. */
export function idCardHolds(text: string): boolean {
  const value = text.toUpperCase();
  if (!/^\d{17}[\dX]$/.test(value)) return false;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(value[index]), 0);
  if ("10X98765432"[sum % 11] !== value[17]) return false;
  const [year, month, day] = [Number(value.slice(6, 10)), Number(value.slice(10, 12)), Number(value.slice(12, 14))];
  const born = new Date(Date.UTC(year, month - 1, day));
  return born.getUTCMonth() === month - 1 && born.getUTCDate() === day && year >= 1900;
}

/** Luhn, as bank cards use it. */
export function bankAccountHolds(text: string): boolean {
  if (!/^\d{12,19}$/.test(text)) return false;
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) {
    let digit = Number(text[text.length - 1 - index]);
    if (index % 2 === 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}

export const mobileHolds = (text: string): boolean => /^1[3-9]\d{9}$/.test(text);
