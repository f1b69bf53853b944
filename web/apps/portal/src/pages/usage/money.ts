const LEAST = 0.005

/** Returns an amount to two digits, or as it is where those would say nothing of it. */
export function moneyText(exact: string): string {
  const amount = Number(exact)
  return amount !== 0 && amount < LEAST ? exact : amount.toFixed(2)
}
