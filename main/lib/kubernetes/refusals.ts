import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { ClusterEntry, UserEntry } from './kubeconfig-entries.ts'
import type { NamedFiles } from './named-files.ts'
import { certificatesIn, parseCertificate } from './pem.ts'

/**
 * Why client-go refuses entries that can be read, as the rest of a sentence about them. Undefined: it uses them. For plain
 * HTTP it ignores certificates and credentials, and so what is wrong with them.
 * https://github.com/kubernetes/client-go/blob/v0.37.1/tools/clientcmd/validation.go
 * https://github.com/kubernetes/client-go/blob/v0.37.1/transport/transport.go
 */
export const refusalOf = (cluster: ClusterEntry, user: UserEntry): string | undefined =>
  conflictOfCluster(cluster) ??
  conflictOfUser(user) ??
  (/^https:/i.test(cluster.server) ? (refusalOfAuthority(cluster) ?? refusalOfCredentials(user)) : undefined)

function conflictOfCluster({ authority, authorityFile }: ClusterEntry): string | undefined {
  return authority !== undefined && authorityFile !== undefined
    ? both('certificate-authority-data', 'certificate-authority')
    : undefined
}

function conflictOfUser(user: UserEntry): string | undefined {
  if (user.token !== undefined && (user.username !== undefined || user.password !== undefined))
    return both('token', user.username === undefined ? 'password' : 'username')
  if (user.certificate !== undefined || user.certificateFile !== undefined) {
    if (user.certificate !== undefined && user.certificateFile !== undefined)
      return both('client-certificate-data', 'client-certificate')
    if (user.key !== undefined && user.keyFile !== undefined) return both('client-key-data', 'client-key')
    if (user.key === undefined && user.keyFile === undefined)
      return 'it has a client certificate without its key. Add "client-key-data" or "client-key".'
  }
  return user.exec !== undefined && user.provider !== undefined ? both('exec', 'auth-provider') : undefined
}

const both = (first: string, second: string): string =>
  `it has both "${first}" and "${second}"; kubectl and helm accept only one of them.`

function refusalOfAuthority({ insecure, authority, authorityFile }: ClusterEntry): string | undefined {
  if (insecure && (authority !== undefined || authorityFile !== undefined))
    return 'it has both "insecure-skip-tls-verify" and a certificate authority. Remove one of them.'
  return authority !== undefined && !hasCertificate(authority)
    ? `"certificate-authority-data" has no certificate in PEM form.${
        // "DATA+OMITTED" as bytes.
        authority === omitted ? ' "kubectl config view" left it out: use --raw.' : ''
      }`
    : undefined
}

const omitted = Buffer.from('DATA+OMITTED', 'base64').toString('utf8')

function refusalOfCredentials(user: UserEntry): string | undefined {
  const { username, token, tokenFile, exec, provider, certificate, key } = user
  if (username !== undefined && tokenFile !== undefined) return both('tokenFile', 'username')
  if (token !== undefined && notInHeaders.test(token))
    return 'its token has a line end or another control character, which no header can have. Remove it.'
  if (exec !== undefined && !/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(exec.apiVersion))
    return `its sign-in program has the apiVersion "${exec.apiVersion}", which kubectl and helm no longer accept. Use client.authentication.k8s.io/v1 or v1beta1.`
  if (provider !== undefined && provider.name !== 'oidc')
    return `it signs in with "${provider.name}", which kubectl removed in 1.26. Create the kubeconfig again, with a credential program.`
  if (provider !== undefined && !(provider.config['idp-issuer-url'] && provider.config['client-id']))
    return 'its OIDC sign-in has no "idp-issuer-url" or no "client-id".'
  return certificate !== undefined && key !== undefined
    ? keyPairFault(certificate, key, '"client-certificate-data"', '"client-key-data"')
    : undefined
}

/** https://pkg.go.dev/golang.org/x/net/http/httpguts#ValidHeaderFieldValue */
const notInHeaders = /[\0-\x08\n-\x1f\x7f]/

/**
 * The same for what is in the files that the entries name. A file that was not looked into is taken as good: the connection
 * will show it.
 */
export function refusalOfFiles(cluster: ClusterEntry, user: UserEntry, files: NamedFiles): string | undefined {
  const { authority, certificate, key, token } = files
  const usesCertificate = user.certificate !== undefined || user.certificateFile !== undefined
  const missing = authority?.fault ?? certificate?.fault ?? (usesCertificate ? key?.fault : undefined)
  if (missing !== undefined) return missing
  if (!/^https:/i.test(cluster.server)) return undefined
  if (user.token === undefined && token?.fault !== undefined) return token.fault
  if (user.token === undefined && token?.text?.trim() === '') return `${user.tokenFile} has no token.`
  if (authority?.text !== undefined && !hasCertificate(authority.text))
    return `${cluster.authorityFile} has no certificate in PEM form.`
  const [first, second] = [user.certificate ?? certificate?.text, user.key ?? key?.text]
  return first !== undefined && second !== undefined && (certificate ?? key) !== undefined
    ? keyPairFault(
        first,
        second,
        user.certificateFile ?? '"client-certificate-data"',
        user.keyFile ?? '"client-key-data"',
      )
    : undefined
}

function keyPairFault(
  certificate: string,
  key: string,
  nameOfCertificate: string,
  nameOfKey: string,
): string | undefined {
  const parsed = parseCertificate(certificate)
  if (parsed === undefined) return `${nameOfCertificate} has no certificate in PEM form.`
  const privateKey = parseKey(key)
  if (privateKey === undefined) return `${nameOfKey} has no private key in PEM form without a passphrase.`
  return parsed.checkPrivateKey(privateKey)
    ? undefined
    : `the private key in ${nameOfKey} does not belong to the client certificate.`
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

const hasCertificate = (pem: string): boolean => certificatesIn(pem).next().done !== true
