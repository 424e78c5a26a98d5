/** A label selector of meta/v1. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: string
    readonly values?: readonly string[]
  }[]
}

type Labels = Readonly<Record<string, string>>

/** A network policy as far as it looks at pods' labels: those that it is about, and those that it lets in or out. */
export interface PolicyFacts {
  readonly name: string
  readonly selectors: readonly Selector[]
}

export interface ServiceFacts {
  readonly name: string
  readonly selector: Labels
}

export interface LabelChoice {
  readonly labels: Labels
  /** Keys that are left out, as a Service would have sent the probe traffic. */
  readonly withheld: readonly string[]
  /** Services for whose sake they are. */
  readonly services: readonly string[]
  /** Policies that see the probe otherwise than the component's pods. */
  readonly blind: readonly string[]
}

/** Cilium says where a label comes from; of a pod's own it is `k8s`, and `any` is anyone's. */
const plainKey = (key: string): string => key.replace(/^(k8s|any):/, '')
/** What Cilium adds of itself is the same for both: namespace, service account. */
const isCiliums = (key: string): boolean => /^(io\.kubernetes\.pod\.|io\.cilium\.k8s\.)/.test(key)

interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values: readonly string[]
}

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: Selector): readonly Requirement[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key: plainKey(key), operator: 'In', values: [value] })),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({ key: plainKey(key), operator, values })),
  ].filter(({ key }) => !isCiliums(key))
}

/** Whether a selector takes a pod of these labels; an empty one takes every pod. */
export function selects(selector: Selector, labels: Labels): boolean {
  return requirementsOf(selector).every(({ key, operator, values }) => {
    const value = labels[key]
    if (operator === 'In') return value !== undefined && values.includes(value)
    if (operator === 'NotIn') return value === undefined || !values.includes(value)
    return operator === 'Exists' ? value !== undefined : value === undefined
  })
}

const attaches = ({ selector }: ServiceFacts, labels: Labels): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value)

/** How many selectors take the one and not the other. */
const differing = ({ selectors }: PolicyFacts, one: Labels, other: Labels): number =>
  selectors.filter((selector) => selects(selector, one) !== selects(selector, other)).length

const without = (labels: Labels, key: string): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => name !== key))

/**
 * Labels for a probe that network policies are to treat as they treat the component's pods: those that any policy looks at,
 * and no more. Where a Service would find it by them, those go without which the fewest policies see a difference.
 * `policies` undefined: they cannot be read, so each label may matter. `services` undefined: each label may attract traffic.
 * Pure.
 */
export function chooseLabels(
  own: Labels,
  policies: readonly PolicyFacts[] | undefined,
  services: readonly ServiceFacts[] | undefined,
): LabelChoice {
  const looked = new Set(
    policies?.flatMap(({ selectors }) => selectors.flatMap(requirementsOf)).map(({ key }) => key) ?? Object.keys(own),
  )
  let labels: Labels = Object.fromEntries(Object.entries(own).filter(([key]) => looked.has(key)))
  const withheld: string[] = []
  const found: string[] = []
  if (services === undefined) {
    withheld.push(...Object.keys(labels))
    labels = {}
  }
  for (let near = nearest(services, labels); near !== undefined; near = nearest(services, labels)) {
    const cost = (key: string): number =>
      (policies ?? []).reduce((sum, policy) => sum + differing(policy, own, without(labels, key)), 0)
    const [key = ''] = Object.keys(near.selector).toSorted(
      (one, other) => cost(one) - cost(other) || one.localeCompare(other),
    )
    withheld.push(key)
    found.push(near.name)
    labels = without(labels, key)
  }
  return {
    labels,
    withheld,
    services: found,
    blind: (policies ?? []).filter((policy) => differing(policy, own, labels) > 0).map(({ name }) => name),
  }
}

const nearest = (services: readonly ServiceFacts[] | undefined, labels: Labels): ServiceFacts | undefined =>
  services?.find((service) => attaches(service, labels))

/** Why a pass of such a probe proves less; empty: it is treated as the component's pods are. Pure. */
export function sayLack(
  { withheld, services, blind }: LabelChoice,
  known: { readonly policies: boolean; readonly services: boolean },
): string {
  if (withheld.length === 0) return ''
  const keys = withheld.join(', ')
  if (!known.services)
    return `this user may not list Services, so the probe goes without the component’s labels (${keys}), by which a Service might send it traffic; policies that select by them do not hold for it`
  const because = `the Service ${services.join(', ')} finds its pods by ${keys}, so the probe goes without`
  if (!known.policies)
    return `${because}; whether network policies select by it is not known, as this user may not list them`
  return blind.length === 0
    ? ''
    : `${because}; the network policy ${blind.join(', ')} then sees it otherwise than the component`
}
