import { Problem, type ProblemCode } from '../../../preload/contract/problem.ts'
import { type CredentialEnd, endedText } from './credential-end.ts'

/** The reason for which an API server refused a request (a `Status` of meta/v1). */
export interface KubernetesStatus {
  /** HTTP status code. */
  readonly code: number
  /** Machine-readable, such as NotFound, AlreadyExists, Conflict, Expired, Invalid, Forbidden. */
  readonly reason: string
  readonly message: string
  /** The server accepts the next attempt after this time, if it named one. */
  readonly retryAfterMs?: number
}

/** A request that the API server refused. */
export class KubernetesError extends Problem {
  readonly status: KubernetesStatus
  constructor(code: ProblemCode, message: string, status: KubernetesStatus) {
    super(code, message, `HTTP ${status.code} ${status.reason}: ${status.message}`)
    this.name = 'KubernetesError'
    this.status = status
  }
}

const hasCode = (error: unknown, code: number): boolean =>
  error instanceof KubernetesError && error.status.code === code

export const isBadRequest = (error: unknown): boolean => hasCode(error, 400)
export const isNotFound = (error: unknown): boolean => hasCode(error, 404)
/** 409: another client changed it, or it exists already (`isAlreadyExists`). */
export const isConflict = (error: unknown): boolean => hasCode(error, 409)
export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof KubernetesError && error.status.reason === 'AlreadyExists'
/** 410: the requested version or page was compacted; list again. */
export const isGone = (error: unknown): boolean =>
  hasCode(error, 410) || (error instanceof KubernetesError && /^(Expired|Gone)$/.test(error.status.reason))
/** 504 for a version that the API server has not reached, such as after etcd was restored from a backup; list again. */
export const isTooLargeVersion = (error: unknown): boolean =>
  error instanceof KubernetesError && /too large resource version/i.test(error.status.message)
/** 422: the object does not match its schema. */
export const isInvalid = (error: unknown): boolean => hasCode(error, 422)
export const isForbidden = (error: unknown): boolean => hasCode(error, 403)
/** The cluster does not serve the kind: most often a custom resource that is not installed. */
export const isKindUnknown = (error: unknown): boolean => error instanceof Problem && error.code === 'KIND_UNKNOWN'

const evidenceLimit = 1_024

/** The failure that an HTTP response means. `body` is text, truncated by the caller; `retryAfter` is the header of that name. */
export function failureOfResponse(
  code: number,
  contentType: string,
  body: string,
  server: string,
  retryAfter = '',
): Problem {
  const status = readStatus(code, body)
  if (status === undefined && isForeign(code, contentType)) {
    return new Problem(
      'CLUSTER_UNREACHABLE',
      `The server at ${server} is not a Kubernetes API server.`,
      `HTTP ${code} ${contentType}\n${body.slice(0, evidenceLimit)}`,
    )
  }
  const known = status ?? { code, reason: reasonOf(code), message: body.trim().slice(0, evidenceLimit) }
  const refusal = { ...known, retryAfterMs: retryAfterMs(retryAfter) ?? known.retryAfterMs }
  if (code === 401)
    return new KubernetesError('CLUSTER_UNAUTHORIZED', 'The API server does not accept the credentials.', refusal)
  if (code === 403)
    return new KubernetesError('CLUSTER_FORBIDDEN', refusal.message || 'The API server does not permit this.', refusal)
  if (code === 429 || code === 503 || code === 504) {
    return new KubernetesError('CLUSTER_BUSY', 'The API server is overloaded or unavailable.', refusal)
  }
  return new KubernetesError(
    'CLUSTER_REFUSED',
    refusal.message || `The API server responded with HTTP ${code}.`,
    refusal,
  )
}

/** A refusal of credentials that have ended, with the reason in place of advice to sign in again. */
export function withEnd(problem: Problem, end: CredentialEnd | undefined): Problem {
  if (problem.code !== 'CLUSTER_UNAUTHORIZED' || end === undefined) return problem
  return problem instanceof KubernetesError
    ? new KubernetesError('CREDENTIAL_ENDED', endedText(end), problem.status)
    : new Problem('CREDENTIAL_ENDED', endedText(end), problem.evidence, { cause: problem })
}

/** A `Status` that arrives inside a watch as an ERROR event. Servers other than Kubernetes' own may leave out its code. */
export function failureOfStatus(status: unknown, server: string): Problem {
  const code = field(status, 'code')
  return failureOfResponse(
    typeof code === 'number' && code > 0 ? code : codeOf(field(status, 'reason')),
    'application/json',
    JSON.stringify(status ?? {}),
    server,
  )
}

/** RFC 9110, 10.2.3: seconds or a date. Undefined if there is neither. */
function retryAfterMs(header: string, nowMs = Date.now()): number | undefined {
  if (/^\d+$/.test(header)) return Number(header) * 1_000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}

function readStatus(code: number, body: string): KubernetesStatus | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    if (field(parsed, 'kind') !== 'Status') return undefined
    const reason = field(parsed, 'reason')
    const message = field(parsed, 'message')
    const retryAfterSeconds = field(field(parsed, 'details'), 'retryAfterSeconds')
    return {
      code,
      reason: typeof reason === 'string' && reason !== '' ? reason : reasonOf(code),
      message: typeof message === 'string' ? message : '',
      ...(typeof retryAfterSeconds === 'number' ? { retryAfterMs: retryAfterSeconds * 1_000 } : {}),
    }
  } catch {
    return undefined
  }
}

/** A login page, a block page or a proxy: the API server itself sends JSON, or plain text for an unknown path. */
const isForeign = (code: number, contentType: string): boolean => code === 407 || contentType.includes('html')

const reasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
}
const reasonOf = (code: number): string => reasons[code] ?? 'Unknown'

/** Reasons with the same code as one of the above. */
const otherReasons: Readonly<Record<string, number>> = { Gone: 410, ServiceUnavailable: 503, Timeout: 504 }
const codeOf = (reason: unknown): number => {
  const known = Object.entries(reasons).find(([, name]) => name === reason)
  return known === undefined ? (otherReasons[String(reason)] ?? 500) : Number(known[0])
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** Codes of OpenSSL and Node for an untrusted certificate. */
const untrusted =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w*CERT\w*|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)$/
/** TLS alerts with which a server refuses the client's certificate, or a missing one. */
const clientRefused =
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|ACCESS_DENIED)/

/** The failure that a broken connection means; its evidence contains the code of the operating system. */
export function failureOfConnection(error: unknown, server: string): Problem {
  const { code, message: detail } = innermost(error)
  const evidence = `${code}${code === '' ? '' : ': '}${detail}`.slice(0, evidenceLimit)
  if (untrusted.test(code)) {
    return new Problem('CLUSTER_UNTRUSTED', `The certificate at ${server} is not trusted.`, evidence, { cause: error })
  }
  if (clientRefused.test(code)) {
    const message = `The API server at ${server} does not accept the client certificate.`
    return new Problem('CLUSTER_UNAUTHORIZED', message, evidence, { cause: error })
  }
  return new Problem('CLUSTER_UNREACHABLE', `No connection to ${server}.`, evidence, { cause: error })
}

/** The innermost cause with a code: undici and the parallel connection attempts wrap it. */
function innermost(error: unknown): { code: string; message: string } {
  let cause = { code: '', message: '' }
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; depth += 1) {
    const code: unknown = Reflect.get(at, 'code')
    if (typeof code === 'string' || cause.code === '') {
      cause = { code: typeof code === 'string' ? code : '', message: at.message || cause.message }
    }
    at = at instanceof AggregateError && at.cause === undefined ? at.errors[0] : at.cause
  }
  return cause
}
