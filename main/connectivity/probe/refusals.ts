import { isIP } from 'node:net'
import type { Cause } from './causes.ts'
import type { HttpResponse } from './facts.ts'
import { isHtml, visibleText } from './web-pages.ts'

/** Refusals by the service itself, or by the protection before it, of all requests from here: no credential changes them. */

export interface Refusal {
  readonly cause: Extract<
    Cause,
    | 'identity.source-denied'
    | 'identity.protected'
    | 'identity.geo-block'
    | 'identity.no-route'
    | 'identity.unavailable'
    | 'auth.client-cert'
  >
  /** Who refuses and how, without the text of the page. */
  readonly message: string
  /** It is about the path, so it says nothing where the path is a guess. */
  readonly isOfPath: boolean
}

interface Rule {
  readonly cause: Refusal['cause']
  /** Continues "the response is that of …". */
  readonly sender: string
  /** Absent: any status from 400 on. */
  readonly status?: readonly number[]
  /** A header and what it contains; any of them is enough. */
  readonly headers?: Readonly<Record<string, RegExp>>
  /** What the visible text, or the source of a page, contains. With `headers`: both are needed. */
  readonly text?: RegExp
  /** A header that the service itself would have. */
  readonly without?: string
  readonly isOfPath?: true
}

const clientCertificate =
  /no required (?:ssl|tls)(?: client)? certificate was sent|the ssl certificate error|client certificate (?:is )?(?:required|missing|not (?:provided|presented|sent|found)|was not (?:provided|presented|sent))|(?:requires?|missing|without) an? (?:valid )?(?:ssl |tls )?client certificate|(?:ssl|tls) client certificate|\b403\.(?:7|13|16|17)\b|no (?:ssl |tls )?client certificate (?:was |has been )?(?:presented|provided|sent|supplied|found)|cannot perform post-handshake authentication/i

const sourceAddress =
  /\b(?:client|source|remote|your|this|the|requesting|caller|from) ?(?:with )?ip\b(?: address)?.{0,90}?\b(?:not (?:been )?(?:allowed|allow-?listed|authorized|authorised|permitted|white-?listed)|not (?:in|on) (?:the|an|our|your)? ?(?:allow|white|authori[sz]ed)|blocked|banned|denied|forbidden|black-?listed|restricted|prevented)|client address is not authorized|\bip (?:has been|was|is) (?:prevented|blocked|banned|denied|not allowed)|ip allow ?list (?:is )?enabled|access (?:is |was )?(?:denied|forbidden|not allowed|restricted).{0,40}(?:from|for|due to) (?:your|this|the) (?:ip|network|source)|\b(?:not allowed|not permitted|denied|blocked|forbidden) (?:from|for|by) (?:your |this |the |source )?ip\b|request originated from (?:client )?ip.{0,200}(?:blocked|not allowed)|virtual network\/firewall rules|blocked by your .{0,40}firewall settings|incoming request with ip.{0,80}not allowed|no vpc endpoint policy allows|explicit deny in a (?:vpc endpoint|resource-based) policy|not authorized to perform: execute-api:invoke\b.{0,200}explicit deny|access from (?:your|this|the) (?:network|ip|address|source)\b.{0,40}(?:restricted|denied|blocked|not allowed)|prohibited by organization.?s policy|public (?:network )?access (?:is |has been )?(?:disabled|not allowed|denied)|^\s*rbac: access denied|\bip(?: address)?[ :'"(]{1,3}(?:\d{1,3}\.){3}\d{1,3}['")]? (?:is|was|has been) (?:not (?:authori[sz]ed|allowed|permitted|on|in)|blocked|denied|banned)|\baccess from (?:\d{1,3}\.){3}\d{1,3} (?:is|was) (?:not (?:permitted|allowed)|denied|blocked)|\bcannot access .{0,60}from your (?:ip|network)|\bmust (?:allow|white)-?list your ip|\byour ip(?: address)? must be|\bfrom (?:a|an) (?:ip(?: address)?|network|address|location) that is not (?:on|in|allowed|permitted)|conditional access polic(?:y|ies)\b.{0,120}\b(?:has |have )?(?:failed|blocked|denied)/i

const country =
  /\b(?:block(?:ed|s)?|den(?:y|ied|ies)|restrict(?:ed|s)?|forbid(?:den|s)?|prohibit(?:ed|s)?|refus(?:ed|es)|banned)\b.{0,60}\b(?:your|this|certain|some) (?:country|countries|region|geographic|geography|jurisdiction|territory)|(?:not|un)[ -]?(?:available|supported|accessible|offered|permitted|allowed)\b.{0,40}\b(?:your|this) (?:current )?(?:country|region|geographic|location|jurisdiction|territory)|\byour (?:country|region|location|jurisdiction)\b.{0,60}\b(?:block|not (?:allowed|supported|available|permitted)|restricted|banned|denied)|unsupported_country|country_not_supported|geo-?(?:block|restrict|fenc)|export (?:control|regulation)|embargo/i

const botCheck =
  /g-recaptcha|h-captcha|hcaptcha\.com|challenges\.cloudflare\.com|captcha-delivery\.com|px-captcha|px-cloud\.net|_pxappid|awswafcookiedomainlist|awswafintegration|verify (?:that )?you are (?:a )?human|checking (?:if the site connection is secure|your browser)|enable javascript and cookies to continue/i

const refusing = [400, 401, 403, 404, 405, 406, 409, 418, 421, 429, 451, 503] as const

const noRoute = 'identity.no-route'

/** Gateways and platforms that do not know the host or the path: nothing behind them was asked. */
const routes: readonly Rule[] = [
  {
    cause: noRoute,
    sender: 'Cloudflare, for a host that is not set up there',
    status: [403, 409, 530],
    headers: { server: /cloudflare/i },
    text: /error(?: code)?:? ?10(?:0[0-4]|14|23)\b/i,
  },
  {
    cause: noRoute,
    sender: 'CloudFront, for a host that no distribution has',
    status: [403, 421],
    headers: { server: /cloudfront/i, 'x-cache': /cloudfront/i, via: /cloudfront/i },
    text: /request could not be satisfied[\s\S]{0,400}bad request/i,
  },
  {
    cause: noRoute,
    sender: 'Fastly, for an unknown domain',
    status: [404, 500],
    text: /fastly error: unknown domain/i,
  },
  {
    cause: noRoute,
    sender: 'Azure Front Door, for a host without configuration',
    status: [400, 404],
    text: /find your azure front door service configuration/i,
  },
  { cause: noRoute, sender: 'Azure App Service, for an unknown host', status: [404], text: /404 web site not found/i },
  {
    cause: noRoute,
    sender: 'Heroku, for an unknown host',
    status: [404],
    text: /herokucdn\.com\/error-pages\/no-such-app|<title>no such app/i,
  },
  {
    cause: noRoute,
    sender: 'GitHub Pages, for an unknown host',
    status: [404],
    text: /there isn.{1,6}t a github pages site here/i,
  },
  {
    cause: noRoute,
    sender: 'a tunnel that is offline',
    headers: { 'ngrok-error-code': /^ERR_NGROK_(?:3200|8012|6024)$/ },
  },
  {
    cause: noRoute,
    sender: 'the router of OpenShift, without a route to a ready application',
    status: [503],
    text: /application is (?:currently )?not available[\s\S]{0,900}route (?:path )?match/i,
  },
  { cause: noRoute, sender: 'a server that is not set up for this host', status: [421] },
  {
    cause: noRoute,
    sender: 'an ingress controller, without a rule for host and path',
    status: [404],
    text: /default backend - 404|response 404 \(backend notfound\), service rules for/i,
    isOfPath: true,
  },
  {
    cause: noRoute,
    sender: 'Kong, without a route for host and path',
    status: [404],
    text: /no route matched with those values/i,
    isOfPath: true,
  },
  {
    cause: noRoute,
    sender: 'APISIX, without a route for host and path',
    status: [404],
    text: /"error_msg"\s*:\s*"404 route not found"/i,
    isOfPath: true,
  },
  {
    cause: noRoute,
    sender: 'Envoy, without a route for host and path',
    status: [404],
    headers: { server: /^(?:istio-)?envoy$/i },
    text: /^$/,
    // Envoy adds it to what a service answers.
    without: 'x-envoy-upstream-service-time',
    isOfPath: true,
  },
]

/** The most specific first. */
const rules: readonly Rule[] = [
  ...routes,
  {
    cause: 'identity.unavailable',
    sender: 'Azure App Service, for an app that is stopped',
    status: [403],
    text: /this web app is stopped/i,
  },
  { cause: 'auth.client-cert', sender: 'a server that requires a client certificate', status: [495, 496] },
  {
    cause: 'auth.client-cert',
    sender: 'a server that requires a client certificate',
    status: [400, 401, 403],
    text: clientCertificate,
  },
  { cause: 'identity.geo-block', sender: 'a service that is legally unavailable here (RFC 7725)', status: [451] },
  {
    cause: 'identity.geo-block',
    sender: 'Cloudflare, which blocks this country',
    status: [403],
    headers: { server: /cloudflare/i },
    text: /error(?: code)?:? ?1009\b/i,
  },
  { cause: 'identity.geo-block', sender: 'a service that blocks this country', status: [400, 403, 404], text: country },
  {
    cause: 'identity.source-denied',
    sender: 'Cloudflare, which blocks this address',
    status: [403],
    headers: { server: /cloudflare/i },
    text: /error(?: code)?:? ?(?:100[5-8]|1106)\b/i,
  },
  {
    cause: 'identity.source-denied',
    sender: 'Azure, whose network rules do not allow this address',
    status: [401, 403],
    headers: {
      'x-ms-forbidden-ip': /./,
      'x-ms-error-code': /^(?:AuthorizationFailure|IpForbidden|PublicAccessNotPermitted)$/i,
    },
  },
  {
    cause: 'identity.source-denied',
    sender: 'a service whose access rules do not allow this address',
    status: [400, 401, 403, 404, 407],
    text: sourceAddress,
  },
  {
    cause: 'identity.protected',
    sender: 'Cloudflare',
    status: refusing,
    headers: { 'cf-mitigated': /./ },
  },
  {
    cause: 'identity.protected',
    sender: 'Cloudflare',
    status: [403, 503],
    headers: { server: /cloudflare/i },
    text: /attention required|just a moment|cf-error-details|you have been blocked|error(?: code)?:? ?10[12]\d\b/i,
  },
  {
    cause: 'identity.protected',
    sender: 'Amazon’s web application firewall',
    status: [202, ...refusing],
    headers: { 'x-amzn-waf-action': /./ },
  },
  {
    cause: 'identity.protected',
    sender: 'CloudFront',
    status: [403],
    headers: { server: /cloudfront/i, 'x-cache': /cloudfront/i, via: /cloudfront/i },
    text: /request blocked|request could not be satisfied(?![\s\S]*bad request)/i,
  },
  { cause: 'identity.protected', sender: 'an Amazon load balancer', status: [403], headers: { server: /^awselb\//i } },
  {
    cause: 'identity.protected',
    sender: 'Akamai',
    status: [403],
    headers: { server: /akamaighost|akamainetstorage/i },
  },
  {
    cause: 'identity.protected',
    sender: 'Akamai',
    status: [403],
    text: /access denied[\s\S]{0,300}reference ?#\d+\.[0-9a-f]+/i,
  },
  {
    cause: 'identity.protected',
    sender: 'Azure Front Door',
    status: [403, 429],
    headers: { 'x-azure-ref': /./ },
    text: /the request is blocked|access to this resource is forbidden/i,
  },
  {
    cause: 'identity.protected',
    sender: 'Azure Application Gateway',
    status: [403],
    headers: { server: /microsoft-azure-application-gateway/i },
  },
  {
    cause: 'identity.protected',
    sender: 'Google’s front end',
    status: [403],
    text: /your client does not have permission to get url/i,
  },
  {
    cause: 'identity.protected',
    sender: 'Google Cloud Armor',
    status: [403],
    headers: { via: /\bgoogle$/i },
    text: /<title>403<\/title>\s*403 Forbidden/i,
  },
  {
    cause: 'identity.protected',
    sender: 'Anubis',
    status: [200, ...refusing],
    text: /making sure you.{1,6}re not a bot|cmd\/anubis/i,
  },
  {
    cause: 'identity.protected',
    sender: 'Imperva',
    status: [200, ...refusing],
    text: /_incapsula_resource|incapsula incident id|powered by imperva/i,
  },
  { cause: 'identity.protected', sender: 'Sucuri', status: [403], headers: { 'x-sucuri-id': /./, server: /sucuri/i } },
  { cause: 'identity.protected', sender: 'Sucuri', status: [403], text: /sucuri website firewall/i },
  {
    cause: 'identity.protected',
    sender: 'F5 (BIG-IP)',
    status: [200, ...refusing],
    text: /the requested url was rejected\. please consult with your administrator/i,
  },
  { cause: 'identity.protected', sender: 'FortiWeb', status: refusing, text: /fortiweb|attack id: ?\d{8}/i },
  {
    cause: 'identity.protected',
    sender: 'Barracuda’s web application firewall',
    status: refusing,
    text: /barracuda (?:web application firewall|waf)/i,
  },
  {
    cause: 'identity.protected',
    sender: 'Radware',
    status: refusing,
    text: /unauthorized (?:activity|request) has been detected|perfdrive\.com/i,
  },
  {
    cause: 'identity.protected',
    sender: 'NetScaler',
    status: refusing,
    text: /netscaler (?:application firewall|appfw)|citrix (?:waf|web app firewall)/i,
  },
  {
    cause: 'identity.protected',
    sender: 'ModSecurity',
    status: [403, 406, 418],
    text: /mod_?security|an appropriate representation of the requested resource could not be found on this server\. this error was generated/i,
  },
  {
    cause: 'identity.protected',
    sender: 'a bot protection',
    status: [202, ...refusing],
    headers: { 'x-datadome': /./, 'x-dd-b': /./, 'x-vercel-mitigated': /./, 'x-kpsdk-ct': /./, 'x-px-block': /./ },
  },
  {
    cause: 'identity.protected',
    sender: 'a bot protection, which requires a browser',
    status: [202, ...refusing],
    text: botCheck,
  },
]

/** The most that is searched: pages begin with what they are about. */
const searchedCharacters = 16_000

/** Whether the service itself refuses this vantage; undefined when the response shows none of that. Pure. */
export function refusalOf(response: HttpResponse, status = String(response.status)): Refusal | undefined {
  const source = response.body.slice(0, searchedCharacters)
  const text = isHtml(response) ? `${visibleText(source)}\n${source}` : source.replaceAll(/[\r\n]+/g, ' ')
  const rule = rules.find((each) => applies(each, response, text))
  if (rule === undefined) return undefined
  const address = ownAddress(response, text)
  const seenAs = address === undefined ? '' : `; it names this vantage ${address}`
  const message = `${status}, as the response of ${rule.sender}${seenAs}`
  return { cause: rule.cause, message, isOfPath: rule.isOfPath === true }
}

/** The refusal by a gRPC server or the proxy before it, in its own words. */
export function refusalOfCall(grpcStatus: string, detail: string): Refusal | undefined {
  // PERMISSION_DENIED; others are about the call or the credentials.
  if (grpcStatus !== '7') return undefined
  const response = { status: 403, reason: '', headers: {}, body: detail, at: 0, halfTripMs: 0 }
  return refusalOf(response, `grpc-status ${grpcStatus}`)
}

function applies({ status, headers, text: pattern, without }: Rule, response: HttpResponse, text: string): boolean {
  if (without !== undefined && response.headers[without] !== undefined) return false
  if (status === undefined ? response.status < 400 : !status.includes(response.status)) return false
  const named = Object.entries(headers ?? {}).some(([name, value]) => value.test(response.headers[name] ?? ''))
  return (headers === undefined || named) && (pattern === undefined || pattern.test(text))
}

/** The address that a refusal says the request came from. */
function ownAddress({ headers }: HttpResponse, text: string): string | undefined {
  const found =
    /\b(?:ip|address)(?: address)?\b[^\da-f]{0,24}((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{1,4}:[0-9a-f:]{3,34})/i.exec(
      text,
    )?.[1]
  return [headers['x-ms-forbidden-ip'], found].find((each) => each !== undefined && isIP(each) !== 0)
}
