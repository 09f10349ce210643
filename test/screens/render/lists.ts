import type { ByTagQuery, DefinitionHistoryQuery, ImageUsageQuery, SearchQuery } from '../generated/graphql.ts';
import { row } from './text.ts';

/** 6 Revisions of a task definition with their images. */
export function renderDefinitionHistory({ taskDefinitions }: DefinitionHistoryQuery): string {
  return [
    `${taskDefinitions.totalCount.value} revisions`,
    ...taskDefinitions.nodes.map(({ revision, status, registeredAt, registeredBy, images }) =>
      row(
        revision,
        status,
        registeredAt ?? '',
        registeredBy ?? '',
        images.map(({ repository, tag }) => `${repository}:${tag ?? 'latest'}`).join(', '),
      ),
    ),
  ].join('\n');
}

/** 7 Who uses an image, in all clusters. */
export function renderImageUsage({ imageUsage: { services } }: ImageUsageQuery): string {
  return [
    `${services.totalCount.value} services`,
    ...services.nodes.map(({ serviceName, cluster }) => row(cluster.clusterName, serviceName)),
  ].join('\n');
}

/** 11 Search by a part of a name. */
export function renderSearch({ search }: SearchQuery): string {
  return [
    `${search.totalCount.value} found`,
    ...search.nodes.map(({ kind, name, clusterName }) => row(kind, name, clusterName ?? '')),
  ].join('\n');
}

/** 12 Services by tag. */
export function renderByTag({ services }: ByTagQuery): string {
  return [
    `${services.totalCount.value} services`,
    ...services.nodes.map(({ serviceName, tags }) =>
      row(serviceName, tags.map(({ key, value }) => `${key}=${value}`).join(', ')),
    ),
  ].join('\n');
}
