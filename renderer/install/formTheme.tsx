import { Button, Checkbox, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import {
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  enumOptionsIndexForValue,
  enumOptionsValueForIndex,
  type FieldTemplateProps,
  type ObjectFieldTemplateProps,
  type UiSchema,
  type WidgetProps,
} from '@rjsf/utils'
import { type ReactNode, useRef } from 'react'
import type { JsonObject } from '../../preload/contract/words.ts'
import { t } from '../strings/t.ts'
import classes from './Form.module.css'
import { PemField } from './PemField.tsx'

/** Properties of every kind of field. Label, description and error belong to the field for screen readers. */
function shared({ id, label, required, disabled, readonly, placeholder, options, schema, rawErrors }: WidgetProps) {
  return {
    id,
    label,
    required,
    placeholder,
    disabled: disabled || readonly,
    description: options.description ?? schema.description,
    error: rawErrors === undefined || rawErrors.length === 0 ? undefined : rawErrors.join(', '),
  }
}

/** An empty field is an absent setting, not an empty text. */
const textOrUndefined = (text: string) => (text === '' ? undefined : text)

function TextField(props: WidgetProps) {
  const { value, schema, onChange } = props
  if (schema.type === 'integer' || schema.type === 'number') {
    return (
      <NumberInput
        {...shared(props)}
        value={value ?? ''}
        allowDecimal={schema.type === 'number'}
        thousandSeparator={false}
        onChange={(next) => onChange(next === '' ? undefined : next)}
      />
    )
  }
  return (
    <TextInput
      {...shared(props)}
      value={value ?? ''}
      autoComplete="off"
      spellCheck={false}
      onChange={({ currentTarget }) => onChange(textOrUndefined(currentTarget.value))}
    />
  )
}

function TextareaField(props: WidgetProps) {
  return (
    <Textarea
      {...shared(props)}
      value={props.value ?? ''}
      rows={4}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      onChange={({ currentTarget }) => props.onChange(textOrUndefined(currentTarget.value))}
    />
  )
}

/** Its text is in the DOM alone; one that comes from elsewhere, such as the YAML beside it, makes a new field. */
function PemWidget(props: WidgetProps) {
  const { value = '' } = props
  const typed = useRef(value)
  const fields = useRef(0)
  if (typed.current !== value) fields.current += 1
  typed.current = value
  return (
    <PemField
      key={fields.current}
      {...shared(props)}
      label={props.label}
      defaultValue={value}
      onText={(text) => {
        typed.current = text
        props.onChange(textOrUndefined(text))
      }}
    />
  )
}

function CheckboxField(props: WidgetProps) {
  const { required: _, ...rest } = shared(props)
  return (
    <Checkbox
      {...rest}
      checked={props.value === true}
      onChange={({ currentTarget }) => props.onChange(currentTarget.checked)}
    />
  )
}

function SelectField(props: WidgetProps) {
  const { enumOptions = [], emptyValue } = props.options
  return (
    <Select
      {...shared(props)}
      data={enumOptions.map(({ label }, index) => ({ value: String(index), label }))}
      value={enumOptionsIndexForValue(props.value, enumOptions)?.toString() ?? null}
      clearable={!props.required}
      onChange={(index) => props.onChange(enumOptionsValueForIndex(index ?? '', enumOptions, emptyValue))}
    />
  )
}

function Field({ children, hidden }: FieldTemplateProps) {
  return hidden ? null : <div>{children}</div>
}

function Group({ title, description, properties, fieldPathId }: ObjectFieldTemplateProps) {
  const fields = properties.filter(({ hidden }) => !hidden).map(({ name, content }) => <div key={name}>{content}</div>)
  // The form itself is an object too; the step has its title.
  if (fieldPathId.path.length === 0) return <div className={classes.fields}>{fields}</div>
  return (
    <FieldGroup id={fieldPathId.$id} title={title} description={description}>
      {fields}
    </FieldGroup>
  )
}

function List({ title, schema, items, canAdd, onAddClick }: ArrayFieldTemplateProps) {
  return (
    <FieldGroup title={title} description={schema.description}>
      {items}
      {canAdd && (
        <div>
          <Button
            variant="default"
            size="compact-xs"
            onClick={onAddClick}
            aria-label={t('install.settings.addTo', { list: title })}
          >
            {t('install.settings.add')}
          </Button>
        </div>
      )}
    </FieldGroup>
  )
}

function ListItem({ children, buttonsProps, index }: ArrayFieldItemTemplateProps) {
  return (
    <div className={classes.item}>
      <div>{children}</div>
      {buttonsProps.hasRemove && (
        <Button
          variant="default"
          size="compact-sm"
          onClick={buttonsProps.onRemoveItem}
          aria-label={t('install.settings.removeItem', { number: index + 1 })}
        >
          {t('install.settings.remove')}
        </Button>
      )}
    </div>
  )
}

interface FieldGroupProps {
  /** For the index of sections. */
  readonly id?: string
  readonly title: string
  readonly description: ReactNode
  readonly children: ReactNode
}

function FieldGroup({ id, title, description, children }: FieldGroupProps) {
  return (
    <fieldset id={id} className={classes.group}>
      <legend>{title}</legend>
      {description !== undefined && description !== '' && <div className={classes.description}>{description}</div>}
      <div className={classes.fields}>{children}</div>
    </fieldset>
  )
}

export const widgets = {
  TextWidget: TextField,
  EmailWidget: TextField,
  URLWidget: TextField,
  UpDownWidget: TextField,
  TextareaWidget: TextareaField,
  PemWidget,
  CheckboxWidget: CheckboxField,
  SelectWidget: SelectField,
}

export const templates = {
  BaseInputTemplate: TextField,
  FieldTemplate: Field,
  ObjectFieldTemplate: Group,
  ArrayFieldTemplate: List,
  ArrayFieldItemTemplate: ListItem,
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null

/** The widgets of a schema's fields: `x-hangar-widget: pem` is a text of several lines. */
export function uiSchemaOf(schema: unknown): UiSchema {
  if (!isObject(schema)) return {}
  const own: UiSchema = schema['x-hangar-widget'] === 'pem' ? { 'ui:widget': 'PemWidget' } : {}
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
  return { ...own, ...Object.fromEntries(properties.map(([name, property]) => [name, uiSchemaOf(property)])) }
}
