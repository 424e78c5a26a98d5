import { type CauseEntry, check } from './entry.ts'

/** The row itself, and its name in the DNS. */
export const namesCauses = {
  'config.missing': {
    ...check,
    verdict: 'unknown',
    stage: 'config',
    fixedBy: 'you',
    meaning:
      'Something that the row needs, most often its host, is left by the profile to a setting that is empty, because the vendor gives it to each customer.',
    toldApart: 'Nothing was sent. The evidence names the setting that is empty.',
    hint: 'Ask the vendor for what the evidence says is missing, and enter it in the settings of the plane.',
  },
  'config.invalid': {
    ...check,
    verdict: 'unknown',
    stage: 'config',
    fixedBy: 'you',
    meaning:
      'The row cannot be tried as it is written: its port is no port, its host is no host name, or its trusted roots or client certificate cannot be read.',
    toldApart: 'Nothing was sent. The evidence names the field.',
    hint: 'Correct the named field of the row or setting of the plane.',
  },
  'dns.nxdomain': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'The DNS server says that no such name exists.',
    toldApart:
      'An answer came (not dns.timeout), and it denies the name itself, not only its addresses (dns.no-address).',
    hint: 'Check the spelling of the host. If it is right, call the DNS team: the DNS server in the evidence has to know this name (a private zone, a forwarder to who does).',
  },
  'dns.no-address': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'The name exists and has no address, neither A nor AAAA.',
    toldApart: 'The server answers without error and without an address; dns.nxdomain denies the name.',
    hint: 'Check that the host is not a parent of the one that is meant; then call the DNS team, or whoever runs the zone, for an A or AAAA record.',
  },
  'dns.timeout': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'The DNS server did not answer.',
    toldApart:
      'Neither A nor AAAA was answered within 3 s and two tries. An error or a refusal would have been an answer (dns.servfail, dns.unreachable).',
    hint: 'Call the DNS team: is the DNS server in the evidence up? If it is, the network team: are UDP and TCP port 53 from here to it open?',
  },
  'dns.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'Nothing takes questions at the address of the DNS server.',
    toldApart: 'The server, or a router before it, refused at once; dns.timeout is silence.',
    hint: 'Check the address of the DNS server in the evidence (resolv.conf, the plane’s resolver); if it is right, call the DNS team: nothing takes questions there.',
  },
  'dns.servfail': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'The DNS server answers with an error: it could not find out (SERVFAIL), or will not say (REFUSED).',
    toldApart: 'An error is neither a denial (dns.nxdomain) nor silence (dns.timeout).',
    hint: 'Call the DNS team with the error in the evidence: a forwarder behind their server is down, DNSSEC does not validate, or the server does not serve this network.',
  },
  'dns.sinkhole': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning:
      'The DNS server gives an address that cannot be the destination: 0.0.0.0, this machine, the block page of a security vendor, or one that it gives for any name.',
    toldApart:
      'The address is on a list of such addresses, or was given too for a name that cannot exist, and nothing that answers there proves to be the destination. A host that is an address itself is never a sinkhole.',
    hint: 'Call the DNS team with the resolver and the address in the evidence: this name is to come off the block list of the DNS filter.',
  },
  'dns.split': {
    ...check,
    verdict: 'warn',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning:
      'The name resolves here to an address outside of the ranges that its owner publishes, or a name of the private network to a public address: another view of the zone (split horizon), or a redirect.',
    toldApart:
      'Only said of rows that carry address ranges, and of rows of the private network, and only while what answers still proves to be the destination.',
    hint: 'Call the DNS team with the resolver and the addresses in the evidence: which DNS server has the right zone for this network (a private zone, a conditional forwarder), and does this vantage ask it? A firewall rule made from the published ranges will not match here.',
  },
  'dns.search-capture': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'A search domain with a wildcard answered in place of the name: the address belongs to something else.',
    toldApart:
      'The name with a search domain behind it gave other addresses than the plain name, and what answers there is not the destination.',
    hint: 'Write the host with a dot at its end, or lower ndots for the component; then call the DNS team for the wildcard in the search domain of the evidence to go.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
