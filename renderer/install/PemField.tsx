import { Button, FileButton, Textarea } from '@mantine/core'
import { type ComponentProps, createContext, use, useEffect, useRef, useState } from 'react'
import type { CertificateFacts } from '../../preload/contract/planes.ts'
import { t } from '../strings/t.ts'
import { IconLock } from '../ui/icons.ts'
import { Status, type StatusAppearance, verdictStatus } from '../ui/Status.tsx'
import { At } from '../ui/Time.tsx'
import { useNow } from '../ui/useNow.ts'
import classes from './PemField.module.css'
import { commonName, hasPrivateKey, onlyCertificates, validity } from './pem.ts'

/** The vault's limit. A PEM file with a chain has a few kB. */
const largestFileBytes = 100_000

/** Reads the facts of certificates; without it a field shows none. */
export const ReadCertificates = createContext<
  ((pem: string, signal: AbortSignal) => Promise<readonly CertificateFacts[]>) | undefined
>(undefined)

/** What is shown of a PEM text. The text itself is in no state: it can be a secret. */
interface Shown {
  readonly key: boolean
  readonly certificates: readonly CertificateFacts[]
  readonly unreadable: boolean
}

const nothing: Shown = { key: false, certificates: [], unreadable: false }
/** Typing is not read letter by letter. */
const restMs = 250

export interface PemFieldProps extends Omit<ComponentProps<typeof Textarea>, 'onChange' | 'ref' | 'label'> {
  readonly label: string
  /** The text at first. */
  readonly defaultValue?: string | undefined
  readonly onText?: (text: string) => void
}

/** A field for certificates and keys: it shows whose a certificate is and until when it is valid, and never a private key. */
export function PemField({ label, onText, ...rest }: PemFieldProps) {
  const read = use(ReadCertificates)
  const area = useRef<HTMLTextAreaElement>(null)
  const pending = useRef<AbortController>(undefined)
  const [shown, setShown] = useState(nothing)

  const inspect = (waitMs: number) => {
    pending.current?.abort()
    const abortable = new AbortController()
    pending.current = abortable
    const { signal } = abortable
    const text = area.current?.value ?? ''
    const key = hasPrivateKey(text)
    // At once, so that a key that is pasted is never drawn.
    setShown((before) => ({ ...before, key, ...(text === '' && nothing) }))
    setTimeout(() => {
      if (signal.aborted) return
      const pem = onlyCertificates(text)
      if (read === undefined || pem === '') {
        setShown({ key, certificates: [], unreadable: text.trim() !== '' && !key && pem === '' })
        return
      }
      read(pem, signal).then(
        (certificates) => signal.aborted || setShown({ key, certificates, unreadable: certificates.length === 0 }),
        () => undefined, // nothing is shown; saving reports what is wrong
      )
    }, waitMs)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for the text at first
  useEffect(() => {
    if (area.current?.value) inspect(0)
    const form = area.current?.form
    // The form is reset after it was saved.
    const clear = () => setShown(nothing)
    form?.addEventListener('reset', clear)
    return () => {
      form?.removeEventListener('reset', clear)
      pending.current?.abort()
    }
  }, [])

  const setText = (text: string) => {
    if (area.current !== null) area.current.value = text
    onText?.(text)
    inspect(0)
  }
  return (
    <div>
      <Textarea
        {...rest}
        label={label}
        ref={area}
        rows={4}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: `mono ${shown.key ? classes.masked : ''}` }}
        onChange={({ currentTarget }) => {
          onText?.(currentTarget.value)
          inspect(restMs)
        }}
      />
      <div className={classes.below}>
        <FileButton
          onChange={(file) => {
            if (file === null || file.size > largestFileBytes) return
            void file.text().then(setText)
          }}
        >
          {(props) => (
            <Button
              {...props}
              variant="subtle"
              size="compact-xs"
              aria-label={t('install.credentials.readFieldFromFile', { field: label })}
            >
              {t('install.credentials.readFile')}
            </Button>
          )}
        </FileButton>
        <ul className={classes.cards} aria-label={t('install.pem.contents', { field: label })} aria-live="polite">
          {shown.key && (
            <li className={classes.card}>
              <Status appearance={keyAppearance} />
              <span className={classes.quiet}>{t('install.pem.keyHidden')}</span>
            </li>
          )}
          {shown.certificates.map((facts) => (
            <Certificate key={`${facts.subject} ${facts.notAfter} ${facts.issuer}`} facts={facts} />
          ))}
          {shown.unreadable && (
            <li className={classes.card}>
              <Status appearance={verdictStatus.warn} label={t('install.pem.unreadable')} />
            </li>
          )}
        </ul>
      </div>
    </div>
  )
}

const keyAppearance: StatusAppearance = { tone: 'idle', icon: IconLock, label: t('install.pem.key') }

const appearances = {
  valid: verdictStatus.pass,
  endsSoon: verdictStatus.warn,
  ended: verdictStatus.fail,
  notYet: verdictStatus.warn,
} as const

function Certificate({ facts }: { readonly facts: CertificateFacts }) {
  const now = useNow()
  const state = validity(facts, now)
  const { subject, issuer, notBefore, notAfter } = facts
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <span className={classes.name} title={subject}>
          {commonName(subject)}
        </span>
        <Status appearance={appearances[state]} label={t(`install.pem.state.${state}`)} />
      </div>
      <dl className={classes.facts}>
        <dt>{t('install.pem.subject')}</dt>
        <dd>{subject}</dd>
        <dt>{t('install.pem.issuer')}</dt>
        <dd>{issuer}</dd>
        <dt>{t(state === 'notYet' ? 'install.pem.validFrom' : 'install.pem.validUntil')}</dt>
        <dd>
          <At at={state === 'notYet' ? notBefore : notAfter} />
        </dd>
      </dl>
    </li>
  )
}
