import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto'
import type { Issued } from './authority.ts'

const lifeSeconds = 300
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export type Access = { readonly type: string; readonly name: string; readonly actions: readonly string[] }

/** `repository:charts/plane-gateway:pull,push`, as a registry client sends it. */
export const readScope = (scope: string): Access[] => {
  const [, type, name, actions] = /^(\w+):(.+):([\w,*]*)$/.exec(scope) ?? []
  return type && name ? [{ type, name, actions: (actions ?? '').split(',').filter(Boolean) }] : []
}

/** A token as distribution accepts it: https://distribution.github.io/distribution/spec/auth/jwt/ */
export const registryToken = (
  { issuer, service, subject, access }: { issuer: string; service: string; subject: string; access: readonly Access[] },
  signer: Issued,
): string => {
  const now = Math.floor(Date.now() / 1_000)
  const x5c = [new X509Certificate(signer.certificate).raw.toString('base64')]
  const claims = {
    iss: issuer,
    sub: subject,
    aud: service,
    iat: now,
    nbf: now - 5,
    exp: now + lifeSeconds,
    jti: randomUUID(),
    access,
  }
  const body = `${encode({ typ: 'JWT', alg: 'ES256', x5c })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(body), { key: createPrivateKey(signer.key), dsaEncoding: 'ieee-p1363' })
  return `${body}.${signature.toString('base64url')}`
}
