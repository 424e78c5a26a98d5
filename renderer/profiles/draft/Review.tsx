import { Button, SegmentedControl } from '@mantine/core'
import type { KeyboardEvent } from 'react'
import { useRef } from 'react'
import { useStore } from 'zustand'
import type { ProfileDraft } from '../../../preload/contract/profile-draft.ts'
import { t } from '../../strings/t.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Notice, ProblemNotice } from '../../ui/Notice.tsx'
import { Status } from '../../ui/Status.tsx'
import table from '../../ui/Table.module.css'
import { VirtualList } from '../../ui/VirtualList.tsx'
import { Details } from './Details.tsx'
import classes from './Draft.module.css'
import {
  countsOf,
  type Decision,
  hasFault,
  type ReviewRow,
  rowBeside,
  sureRows,
  titleOfRow,
  visibleRows,
} from './review.ts'
import { statusOfRow } from './rowStatus.ts'
import type { SavedDraft, VendorDraftStore } from './store.ts'

export interface ReviewProps {
  readonly store: VendorDraftStore
  readonly isUpdate: boolean
  readonly onSaved: (saved: SavedDraft) => void
}

/** The proposals row by row, beside their evidence. Nothing is written before the person saves. */
export function Review({ store, isUpdate, onSaved }: ReviewProps) {
  const { rows, decisions, edits, shown, draft, working, problem, faults } = useStore(store)
  const { show, decideAll, reopenFiles, save } = store.getState()
  const counts = countsOf(rows, decisions)
  const sure = sureRows(rows, decisions)
  const unread = draft?.unread ?? []
  const hasEditFault = rows.some(({ id }) => decisions[id] !== 'skipped' && hasFault(edits[id]))
  const segments = [
    { value: 'all', label: t('vendor.all', { count: counts.total }) },
    { value: 'undecided', label: t('vendor.undecided', { count: counts.undecided }) },
    ...(unread.length === 0 ? [] : [{ value: 'unread', label: t('vendor.unread', { count: unread.length }) }]),
  ]
  return (
    <>
      <div className={classes.tools}>
        <SegmentedControl
          aria-label={t('vendor.shown')}
          data={segments}
          value={shown}
          onChange={(value) => show(value === 'undecided' || value === 'unread' ? value : 'all')}
        />
        <span className={classes.counts} role="status">
          {t(isUpdate ? 'vendor.accepted' : 'vendor.confirmed', counts)}
          {counts.skipped > 0 && !isUpdate && `, ${t('vendor.skipped', { count: counts.skipped })}`}
        </span>
        <div className={classes.actions}>
          <Button variant="default" size="compact-sm" onClick={reopenFiles}>
            {t('vendor.otherFiles')}
          </Button>
          {sure.length > 0 && (
            <Button
              variant="default"
              size="compact-sm"
              onClick={() =>
                decideAll(
                  sure.map(({ id }) => id),
                  'confirmed',
                )
              }
            >
              {t(isUpdate ? 'vendor.acceptSure' : 'vendor.confirmSure', { count: sure.length })}
            </Button>
          )}
          <Button
            size="compact-sm"
            loading={working === 'saving'}
            disabled={rows.length === 0 || hasEditFault || (isUpdate && counts.confirmed === 0)}
            onClick={() => void save().then((saved) => saved !== undefined && onSaved(saved))}
          >
            {isUpdate ? t('vendor.update') : t('vendor.save')}
          </Button>
        </div>
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {faults.length > 0 && (
        <Notice tone="bad" role="alert" title={t('vendor.invalid')}>
          <ul className={classes.paths}>
            {faults.map(({ field, found, expected }) => (
              <li key={`${field} ${expected}`}>{t('vendor.invalidAt', { field, found, expected })}</li>
            ))}
          </ul>
        </Notice>
      )}
      {shown === 'unread' ? <Unread unread={unread} /> : <Rows store={store} isUpdate={isUpdate} />}
    </>
  )
}

const decisionOfKey: Readonly<Record<string, Decision>> = {
  Enter: 'confirmed',
  ' ': 'confirmed',
  x: 'skipped',
  Delete: 'skipped',
}
const stepOfKey: Readonly<Record<string, 1 | -1>> = { j: 1, k: -1 }

function Rows({ store, isUpdate }: Pick<ReviewProps, 'store' | 'isUpdate'>) {
  const { rows, decisions, edits, shown, selected } = useStore(store)
  const { select, decide, undecide } = store.getState()
  const details = useRef<HTMLElement>(null)
  const list = useRef<HTMLDivElement>(null)
  if (rows.length === 0)
    return isUpdate ? (
      <EmptyState drawing="page" title={t('vendor.same')}>
        {t('vendor.sameAbout')}
      </EmptyState>
    ) : (
      <EmptyState drawing="page" title={t('vendor.nothing')}>
        {t('vendor.nothingAbout')}
      </EmptyState>
    )
  const visible = visibleRows(rows, decisions, shown === 'undecided' ? 'undecided' : 'all')
  const row = visible.find(({ id }) => id === selected)

  function press(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const [decision, step] = [decisionOfKey[event.key], stepOfKey[event.key]]
    if (step !== undefined) select(rowBeside(visible, selected, step))
    else if (row === undefined) return
    else if (decision !== undefined) {
      if (decision === 'confirmed' && hasFault(edits[row.id])) return
      decide(row.id, decision)
    } else if (event.key === 'u') undecide(row.id)
    else if (event.key === 'e') details.current?.querySelector('input')?.focus()
    else return
    event.preventDefault()
  }

  return (
    <div className={classes.review}>
      <div className={classes.list} ref={list}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the list inside has the focus and its own keys */}
        <div className={classes.keys} onKeyDown={press}>
          {visible.length === 0 ? (
            <EmptyState title={t('vendor.allDecided')} />
          ) : (
            <VirtualList
              items={visible}
              keyOf={({ id }) => id}
              label={isUpdate ? t('vendor.changes') : t('vendor.rows')}
              kind="listbox"
              rowHeight={44}
              selected={row?.id}
              onSelect={select}
              renderRow={(item) => (
                <Row row={item} title={titleOfRow(item, edits[item.id])} decision={decisions[item.id]} />
              )}
            />
          )}
        </div>
        <p className={classes.hint}>{t('vendor.keys')}</p>
      </div>
      <section className={classes.details} aria-label={t('vendor.details')} ref={details}>
        {row !== undefined && (
          <Details
            key={row.id}
            row={row}
            texts={edits[row.id]}
            decision={decisions[row.id]}
            store={store}
            onLeave={() => list.current?.querySelector<HTMLElement>('[role=listbox]')?.focus()}
          />
        )}
      </section>
    </div>
  )
}

interface RowProps {
  readonly row: ReviewRow
  readonly title: string
  readonly decision: Decision | undefined
}

function Row({ row, title, decision }: RowProps) {
  const [first] = row.evidence
  const kind = t(`vendor.kind.${row.kind}`)
  return (
    <div className={classes.line} data-decision={decision}>
      <span className={classes.kind}>
        {kind}
        {row.change !== undefined && <span className={classes.quiet}> {t(`vendor.change.${row.change}`)}</span>}
      </span>
      <span className={classes.what}>
        <span className={classes.title}>{title}</span>
        <span className={classes.place}>{first === undefined ? '' : first.place}</span>
      </span>
      <Status appearance={statusOfRow(row, decision)} />
    </div>
  )
}

function Unread({ unread }: Pick<ProfileDraft, 'unread'>) {
  return (
    <div className={classes.unread}>
      <table className={table.table}>
        <thead>
          <tr>
            <th>{t('vendor.unreadPlace')}</th>
            <th>{t('vendor.unreadText')}</th>
            <th>{t('vendor.unreadWhy')}</th>
          </tr>
        </thead>
        <tbody>
          {unread.map(({ place, text, why }) => (
            <tr key={`${place} ${text} ${why}`}>
              <td className="mono">{place}</td>
              <td className="mono">{text}</td>
              <td>{why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
