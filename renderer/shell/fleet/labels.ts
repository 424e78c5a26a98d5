const keyPattern = /^[a-z0-9]([-\w.]{0,61}[a-z0-9])?$/i
const valuePattern = /^[\w.-]{1,63}$/

/** Labels from lines "KEY=VALUE"; undefined where one is not of that form. As the contract. Pure. */
export function labelsIn(lines: readonly string[]): Readonly<Record<string, string>> | undefined {
  const labels: Record<string, string> = {}
  for (const line of lines) {
    const [key = '', value = '', ...more] = line.split('=').map((part) => part.trim())
    if (more.length > 0 || !keyPattern.test(key) || !valuePattern.test(value)) return undefined
    labels[key] = value
  }
  return labels
}

export const labelLines = (labels: Readonly<Record<string, string>> = {}): string[] =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`)
