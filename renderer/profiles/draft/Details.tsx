import { Button, Select, TextInput } from '@mantine/core'
import { t } from '../../strings/t.ts'
import { Status } from '../../ui/Status.tsx'
import table from '../../ui/Table.module.css'
import classes from './Draft.module.css'
import {
  type Decision,
  editedEntry,
  type FieldName,
  type FieldTexts,
  fieldFault,
  fieldsOf,
  hasFault,
  protocols,
  type ReviewRow,
  titleOfRow,
} from './review.ts'
import { statusOfRow } from './rowStatus.ts'
import type { VendorDraftStore } from './store.ts'

export interface DetailsProps {
  readonly row: ReviewRow
  readonly texts: FieldTexts | undefined
  readonly decision: Decision | undefined
  readonly store: VendorDraftStore
  /** Gives the focus back to the list. */
  readonly onLeave: () => void
}

/** One row: why it is proposed, what can be corrected, and the decision. */
export function Details({ row, texts, decision, store, onLeave }: DetailsProps) {
  const { decide, undecide, edit } = store.getState()
  const { id, confidence, change, evidence } = row
  const isUpdate = change !== undefined
  const entry = editedEntry(row, texts) ?? row.entry
  const decideAs = (as: Decision) => {
    if (as === 'confirmed' && hasFault(texts)) return
    decide(id, as)
    onLeave()
  }
  return (
    <>
      <div className={classes.detailsHead}>
        <span className={classes.quiet}>{t(`vendor.kind.${row.kind}`)}</span>
        <h2 className={classes.detailsTitle}>{titleOfRow(row, texts)}</h2>
        <Status appearance={statusOfRow(row, decision)} />
        <p className={classes.about}>
          {change === 'missing' ? t('vendor.missingAbout') : t(`vendor.confidenceAbout.${confidence}`)}
        </p>
      </div>
      <div className={classes.row}>
        <Button size="compact-sm" disabled={hasFault(texts)} onClick={() => decideAs('confirmed')}>
          {t(confirmKey(change))}
        </Button>
        <Button variant="default" size="compact-sm" onClick={() => decideAs('skipped')}>
          {t(isUpdate ? 'vendor.leave' : 'vendor.leaveOut')}
        </Button>
        {decision !== undefined && (
          <Button variant="subtle" size="compact-sm" onClick={() => undecide(id)}>
            {t('vendor.undo')}
          </Button>
        )}
      </div>
      <form
        className={classes.fields}
        onSubmit={(event) => {
          event.preventDefault()
          decideAs('confirmed')
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onLeave()
        }}
      >
        {fieldsOf(row).map(({ field, text }) => (
          <Field
            key={field}
            field={field}
            text={texts?.[field] ?? text}
            onChange={(written) => edit(id, field, written)}
          />
        ))}
        {/* A form with several fields needs a button for Enter. */}
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
      {row.fields !== undefined && row.fields.length > 0 && <Differences fields={row.fields} />}
      <h3 className={classes.subtitle}>{t('vendor.evidence')}</h3>
      {evidence.length === 0 ? (
        <p className={classes.about}>{t('vendor.noEvidence')}</p>
      ) : (
        <table className={table.table}>
          <thead>
            <tr>
              <th>{t('vendor.evidencePlace')}</th>
              <th>{t('vendor.evidenceText')}</th>
            </tr>
          </thead>
          <tbody>
            {evidence.map(({ place, text }) => (
              <tr key={`${place} ${text}`}>
                <td className="mono">{place}</td>
                <td className="mono">{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {entry !== undefined && (
        <details className={classes.entry}>
          <summary>{t('vendor.entry')}</summary>
          <pre className="mono">{JSON.stringify(entry, null, 2)}</pre>
        </details>
      )}
    </>
  )
}

const confirmKey = (change: ReviewRow['change']) => {
  if (change === undefined) return 'vendor.confirm'
  return change === 'missing' ? 'vendor.acceptRemoval' : 'vendor.accept'
}

interface FieldProps {
  readonly field: FieldName
  readonly text: string
  readonly onChange: (text: string) => void
}

function Field({ field, text, onChange }: FieldProps) {
  const label = t(`vendor.field.${field}`)
  if (field === 'protocol')
    return (
      <Select
        label={label}
        data={protocols}
        value={text}
        allowDeselect={false}
        onChange={(value) => value !== null && onChange(value)}
      />
    )
  const fault = fieldFault(field, text)
  return (
    <TextInput
      label={label}
      value={text}
      maxLength={500}
      error={fault === undefined ? undefined : t(`vendor.fault.${fault}`)}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

function Differences({ fields }: { readonly fields: NonNullable<ReviewRow['fields']> }) {
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('vendor.fieldName')}</th>
          <th>{t('vendor.before')}</th>
          <th>{t('vendor.after')}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ field, before, after }) => (
          <tr key={field}>
            <td>{field}</td>
            <td className="mono">{before}</td>
            <td className="mono">{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
