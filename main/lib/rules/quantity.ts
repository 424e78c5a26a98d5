/**
 * Kubernetes quantities, as k8s.io/apimachinery/pkg/api/resource reads them: `250m`, `512Mi`, `1.5G`, `.5Gi`, `1e9`.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
const factors: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** The API server caps values with a binary suffix at the largest int64. */
const binaryLimit = 2 ** 63

/**
 * A quantity as a number (cores, bytes); undefined where it is not a quantity: the API server refuses such a text, so it
 * means neither zero nor "no limit". Values below 1n are not rounded up to it, as the API server does.
 */
export function parseQuantity(text: string): number | undefined {
  const [, number, suffix = ''] =
    /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)$/.exec(text) ?? []
  if (number === undefined) return undefined
  const factor = factors[suffix]
  // The exponent stays in the text, so that `0.5e-1` is rounded once.
  if (factor === undefined) return Number(`${number}${suffix}`)
  const value = Number(number) * factor
  return suffix.endsWith('i') ? Math.max(-binaryLimit, Math.min(binaryLimit, value)) : value
}

/** `1.25 cores` */
export const formatCpu = (cores: number): string => `${Number(cores.toFixed(2))} cores`

/** `512 MiB`, `3.5 GiB` */
export function formatMemory(bytes: number): string {
  const gib = bytes / 2 ** 30
  return gib >= 1 ? `${Number(gib.toFixed(1))} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`
}
