import type {
  ConnectivityReport,
  Vantage,
  VantageOffer,
  VantageRequest,
} from '../../../preload/contract/connectivity.ts'
import { existingPodName, requestOf } from '../../../preload/vantages.ts'
import { listText, t } from '../../strings/t.ts'

/** The kind and the name in the head of a column. */
export const columnTitle = ({ kind, name }: Vantage): readonly [string, string] => [
  t(`connectivity.vantage.kind.${kind}`),
  name,
]

export const requestKey = (request: VantageRequest): string => JSON.stringify(request, Object.keys(request).sort())

/** The limit of requests in a run; "every node" is one request. */
export const requestLimit = 32

/** A pod that Hangar did not create is checked from only where the user names it. */
export const createdByHangar = (vantages: readonly Vantage[]): readonly Vantage[] =>
  vantages.filter(({ kind }) => kind !== 'existing-pod')

/** Requests for the same vantages. More nodes than the limit become "every node". */
export function requestsFor(vantages: readonly Vantage[]): readonly VantageRequest[] {
  const requests = vantages.map(requestOf)
  if (requests.length <= requestLimit) return requests
  return [...requests.filter(({ kind }) => kind !== 'node'), { kind: 'nodes' as const }].slice(-requestLimit)
}

const nameFields: Readonly<Record<VantageRequest['kind'], string | undefined>> = {
  computer: undefined,
  nodes: undefined,
  pod: 'namespace',
  node: 'name',
  component: 'component',
  'existing-pod': 'pod',
}

function isRequest(value: unknown): value is VantageRequest {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (typeof value.kind !== 'string' || !Object.hasOwn(nameFields, value.kind)) return false
  const field = nameFields[value.kind as VantageRequest['kind']] // checked by hasOwn
  const fieldValue: unknown = field === undefined ? undefined : Reflect.get(value, field)
  // It is used where it is named only, so it is never a saved choice.
  if (value.kind === 'existing-pod') return false
  return value.kind === 'component'
    ? typeof fieldValue === 'string'
    : fieldValue === undefined || typeof fieldValue === 'string'
}

/** Is this a saved choice, of this version or an older one? */
export const isChoice = (value: unknown): value is readonly VantageRequest[] =>
  Array.isArray(value) && value.length > 0 && value.length <= requestLimit && value.every(isRequest)

const thisComputer: readonly VantageRequest[] = [{ kind: 'computer' }]

/** The vantages of the next run: those chosen before, else those of the last run, else this computer. */
export function firstChoice(
  saved: readonly VantageRequest[] | undefined,
  last: ConnectivityReport | null,
): readonly VantageRequest[] {
  if (saved !== undefined) return saved
  const vantages = createdByHangar(last?.vantages.map(({ vantage }) => vantage) ?? [])
  return vantages.length === 0 ? thisComputer : requestsFor(vantages)
}

/** The title of a request: from its offer, or from its fields where it is no longer offered. */
export function requestTitle(request: VantageRequest, offers: readonly VantageOffer[] | undefined): string {
  const offer = offers?.find((one) => requestKey(one.request) === requestKey(request))
  // The title of a component does not say that it is one.
  if (offer !== undefined && request.kind !== 'component') return offer.title
  switch (request.kind) {
    case 'computer':
    case 'nodes':
      return t(`connectivity.vantage.request.${request.kind}`)
    case 'pod':
      return request.namespace === undefined
        ? t('connectivity.vantage.request.anyPod')
        : t('connectivity.vantage.request.pod', { name: request.namespace })
    case 'node':
      return request.name === undefined
        ? t('connectivity.vantage.request.anyNode')
        : t('connectivity.vantage.request.node', { name: request.name })
    case 'existing-pod':
      return t('connectivity.vantage.request.existingPod', { name: existingPodName(request) })
    case 'component':
      return t('connectivity.vantage.request.component', { name: offer?.title ?? request.component })
  }
}

/** A title within a sentence: the first letter in lower case, except in abbreviations. */
export const inSentence = (title: string): string =>
  /^.[A-Z]/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1)

/** Requests that are named in a title; the others are counted. */
const namedRequests = 2

/** "This computer, a pod in demo and 3 more". */
export function choiceTitle(requests: readonly VantageRequest[], offers: readonly VantageOffer[] | undefined): string {
  const titles = requests.map((request) => requestTitle(request, offers))
  const named = titles.slice(0, namedRequests).map((title, index) => (index === 0 ? title : inSentence(title)))
  const rest = titles.length - named.length
  return listText(rest > 0 ? [...named, t('connectivity.vantage.more', { count: rest })] : named)
}
