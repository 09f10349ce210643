import type * as sdk from '@aws-sdk/client-ecs';
import { clusterNameOf, lastPart, looksLikeArn } from '../core/arn.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import type { Timers } from '../core/timers.ts';
import { TtlMap } from './ttl-map.ts';

/** The lists of records without an ARN. */
interface RecordLists {
  ListAttributes: sdk.Attribute;
  ListAccountSettings: sdk.Setting;
  ListGatewayClusterAssociations: sdk.GatewayClusterAssociationSummary;
}

export type RecordList = keyof RecordLists;

/** The effect of a write on one record. */
interface WrittenRecord<Item> {
  readonly key: string;
  readonly item: Item;
  /** The owner whose list has the record, if the list's input does not follow from the item. */
  readonly owner?: string | undefined;
  readonly isRemoved?: boolean;
  /** Whether a list without the record is older than the write. */
  readonly isNew: boolean;
  /** Whether the list's reading is older than the write. */
  readonly isBehind: (read: Item) => boolean;
}

interface RecordSpec<List extends RecordList> {
  readonly items: (output: Output<List>) => RecordLists[List][] | undefined;
  readonly withItems: (items: RecordLists[List][]) => Partial<Output<List>>;
  readonly keyOf: (item: RecordLists[List]) => string;
  readonly belongs: (record: WrittenRecord<RecordLists[List]>, input: Input<List>) => boolean;
}

const matches = (wanted: string | undefined, has: string | undefined) => wanted === undefined || wanted === has;

const SPECS: { readonly [List in RecordList]: RecordSpec<List> } = {
  ListAttributes: {
    items: ({ attributes }) => attributes,
    withItems: (attributes) => ({ attributes }),
    keyOf: ({ targetId, name }) => `${lastPart(targetId)} ${name}`,
    belongs: ({ item, owner }, { cluster = 'default', attributeName, attributeValue }) =>
      owner === clusterNameOf(cluster) && matches(attributeName, item.name) && matches(attributeValue, item.value),
  },
  ListAccountSettings: {
    items: ({ settings }) => settings,
    withItems: (settings) => ({ settings }),
    keyOf: ({ principalArn, name }) => `${principalArn} ${name}`,
    // Without a principal, the list and the write are about the gateway's own principal.
    belongs: ({ item, owner }, { principalArn, name, value, effectiveSettings }) =>
      (principalArn === undefined ? owner === undefined : principalArn === item.principalArn) &&
      effectiveSettings !== true &&
      matches(name, item.name) &&
      matches(value, item.value),
  },
  ListGatewayClusterAssociations: {
    items: ({ gatewayClusterAssociations }) => gatewayClusterAssociations,
    withItems: (gatewayClusterAssociations) => ({ gatewayClusterAssociations }),
    keyOf: ({ gatewayArn, clusterArn }) => `${gatewayArn} ${clusterArn}`,
    belongs: ({ item }, { gateway, cluster, status }) =>
      (gateway === undefined || gateway === item.gatewayArn || gateway === gatewayNameOf(item.gatewayArn)) &&
      (cluster === undefined || clusterNameOf(cluster) === clusterNameOf(item.clusterArn ?? '')) &&
      (status === undefined || status.length === 0 || status.some((each) => each === item.status)),
  },
};

/** `arn:...:gateway/NAME/ID`. */
function gatewayNameOf(gatewayArn: string | undefined): string | undefined {
  return gatewayArn?.split('/')[1];
}

type Record = Omit<WrittenRecord<never>, 'item' | 'isBehind' | 'key'> & {
  readonly list: RecordList;
  readonly item: object;
  readonly isBehind?: (read: never) => boolean;
};
type ToRecords<Op extends OperationName> = (output: Output<Op>, input: Input<Op>) => readonly Record[];

const settings = (
  { setting }: { readonly setting?: sdk.Setting | undefined },
  { principalArn: owner }: { readonly principalArn?: string | undefined },
  isRemoved: boolean,
): readonly Record[] =>
  setting ? [{ list: 'ListAccountSettings', item: setting, owner, isNew: true, isRemoved }] : [];

const attributes = (
  { attributes: items = [] }: { readonly attributes?: readonly sdk.Attribute[] | undefined },
  { cluster = 'default' }: { readonly cluster?: string | undefined },
  isRemoved: boolean,
): readonly Record[] =>
  items.map((item) => ({ list: 'ListAttributes', item, owner: clusterNameOf(cluster), isNew: true, isRemoved }));

/** The writes whose answers describe records. */
const WRITES: { readonly [Op in OperationName]?: ToRecords<Op> } = {
  PutAttributes: (output, input) => attributes(output, input, false),
  DeleteAttributes: (output, input) => attributes(output, input, true),
  RegisterContainerInstance: ({ containerInstance }, { cluster, attributes: asked = [] }) => {
    const { containerInstanceArn: targetId, attributes: all = [] } = containerInstance ?? {};
    const own = all.filter(({ name }) => asked.some((one) => one.name === name));
    const items = own.map(({ name, value }) => ({ name, value, targetType: 'container-instance', targetId }) as const);
    return targetId === undefined ? [] : attributes({ attributes: items }, { cluster }, false);
  },
  PutAccountSetting: (output, input) => settings(output, input, false),
  PutAccountSettingDefault: ({ setting }) => settings({ setting }, { principalArn: setting?.principalArn }, false),
  DeleteAccountSetting: (output, input) => settings(output, input, true),
  AssociateGatewayWithCluster: ({ gatewayArn, clusterArn, status }) => [
    {
      list: 'ListGatewayClusterAssociations',
      item: { gatewayArn, clusterArn, status },
      isNew: true,
      isBehind: () => false,
    },
  ],
  DisassociateGatewayFromCluster: ({ gatewayArn, clusterArn, status }) => [
    {
      list: 'ListGatewayClusterAssociations',
      item: { gatewayArn, clusterArn, status },
      isNew: false,
      isBehind: (read: sdk.GatewayClusterAssociationSummary) => read.status === 'ACTIVE',
    },
  ],
};

/** Records that recent writes set, changed or removed, and the corrections of their lists. */
export class WrittenRecords {
  readonly #byList: TtlMap<TtlMap<WrittenRecord<object>>>;
  readonly #newMap: <T>() => TtlMap<T>;

  constructor(timers: Timers, { ttlMs, most }: { readonly ttlMs: number; readonly most: number }) {
    this.#newMap = () => new TtlMap({ ttlMs, most }, timers);
    this.#byList = this.#newMap();
  }

  get isEmpty(): boolean {
    return this.#byList.size === 0;
  }

  record<Op extends OperationName>(scope: string, operation: Op, input: Input<Op>, output: Output<Op>): void {
    for (const { list, item, isBehind = () => true, ...record } of WRITES[operation]?.(output, input) ?? []) {
      const place = `${scope} ${list}`;
      const records = this.#byList.get(place) ?? this.#newMap<WrittenRecord<object>>();
      const key = recordKeyOf(list, item);
      // A new record stays new after a change.
      const isNew = record.isNew || records.get(key)?.isNew === true;
      records.put(key, { ...record, key, item, isNew, isBehind: isBehind as (read: object) => boolean });
      this.#byList.put(place, records);
    }
  }

  /** Forgets the attributes of a container instance that was removed. */
  forgetTarget(scope: string, targetId: string): void {
    const records = this.#byList.get(`${scope} ListAttributes`);
    for (const { key } of [...(records?.values() ?? [])])
      if (key.startsWith(`${lastPart(targetId)} `)) records?.delete(key);
  }

  /** ARNs of the things in a cluster whose attributes were set or removed. */
  targetsIn(scope: string, cluster: string): Set<string> {
    const records = [...(this.#byList.get(`${scope} ListAttributes`)?.values() ?? [])];
    const there = records.filter(({ owner }) => owner === clusterNameOf(cluster));
    const targets = there.map(({ item }) => (item as Partial<sdk.Attribute>).targetId ?? '');
    return new Set(targets.filter(looksLikeArn));
  }

  /** A page of a list, corrected by recent writes: with changed records, and without removed ones. */
  correct<List extends RecordList>(scope: string, list: List, input: Input<List>, output: Output<List>): Output<List> {
    const records = this.#byList.get(`${scope} ${list}`);
    if (records === undefined) return output;
    const spec: RecordSpec<List> = SPECS[list];
    const items = (spec.items(output) ?? []).flatMap((item) => {
      const record = records.get(spec.keyOf(item)) as WrittenRecord<RecordLists[List]> | undefined;
      if (record === undefined || !record.isBehind(item)) return [item];
      return record.isRemoved || !spec.belongs(record, input) ? [] : [{ ...item, ...record.item }];
    });
    return { ...output, ...spec.withItems(items) };
  }

  /** Keys of records that recent writes added to a list, in the order of the writes. */
  added<List extends RecordList>(scope: string, list: List, input: Input<List>): string[] {
    const records = [...(this.#byList.get(`${scope} ${list}`)?.values() ?? [])];
    const spec: RecordSpec<List> = SPECS[list];
    return records
      .filter((record) => record.isNew && !record.isRemoved && spec.belongs(record as never, input))
      .map(({ key }) => key);
  }

  /** A record as it was written. */
  item<List extends RecordList>(scope: string, list: List, key: string): RecordLists[List] | undefined {
    return this.#byList.get(`${scope} ${list}`)?.get(key)?.item as RecordLists[List] | undefined;
  }

  /** The attributes of a container instance, corrected by recent writes. */
  correctAttributes(scope: string, targetId: string, read: readonly sdk.Attribute[]): readonly sdk.Attribute[] {
    const records = this.#byList.get(`${scope} ListAttributes`);
    const id = `${lastPart(targetId)} `;
    const written = [...(records?.values() ?? [])].filter(({ key }) => key.startsWith(id));
    if (written.length === 0) return read;
    const names = new Set(written.map(({ key }) => key.slice(id.length)));
    const set = written.flatMap(({ item, isRemoved }) => {
      const { name, value } = item as sdk.Attribute;
      return isRemoved ? [] : [{ name, value }];
    });
    return [...read.filter(({ name = '' }) => !names.has(name)), ...set];
  }
}

/** The key of a record, whichever call returned it. */
export function recordKeyOf(list: RecordList, item: object): string {
  return (SPECS[list].keyOf as (item: object) => string)(item);
}

export function isRecordList(operation: OperationName): operation is RecordList {
  return operation in SPECS;
}
