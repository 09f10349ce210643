import type { ObjectRef } from '@pothos/core';
import type { Types } from '../core/builder.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

/** The parts of an image's name. */
export interface ImageReference {
  readonly raw: string;
  /** With its port, if it has one. */
  readonly registry: string | null;
  /** With its path, without the registry. */
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/**
 * Reads `registry/path/repository:tag@digest`; all but the repository may be missing. The first part is a registry if it has a dot
 * or a port, or is `localhost`. A digest alone (`sha256:...`) has an empty repository.
 * @param resolved the digest that ECS found for it
 */
export function toImageReference(raw: string, resolved?: string): ImageReference {
  if (raw.startsWith('sha256:')) return { raw, registry: null, repository: '', tag: null, digest: raw };
  const at = raw.indexOf('@');
  const digest = at < 0 ? (resolved ?? null) : raw.slice(at + 1);
  const name = at < 0 ? raw : raw.slice(0, at);
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = first === 'localhost' || /[.:]/.test(first);
  const path = hasRegistry ? name.slice(slash + 1) : name;
  const colon = path.indexOf(':', path.lastIndexOf('/') + 1);
  return {
    raw,
    registry: hasRegistry ? first : null,
    repository: colon < 0 ? path : path.slice(0, colon),
    tag: colon < 0 ? null : path.slice(colon + 1),
    digest,
  };
}

/** Adds the type, and the parts of the image of a container and of its definition. */
export function addImageReference(graph: EcsGraph): ObjectRef<Types, ImageReference> {
  const ref = graph.builder.objectRef<ImageReference>('ImageReference').implement({
    description: 'The parts of the name of a container image.',
    fields: (t) => ({
      raw: t.exposeString('raw', { nullable: false, description: 'The whole name, as the task definition has it.' }),
      registry: t.exposeString('registry', {
        description: 'The host of the registry, with its port. Null for an image of Docker Hub named without it.',
      }),
      repository: t.exposeString('repository', {
        nullable: false,
        description: 'The repository with its path, such as `shop/web`. Empty where the image is a digest alone.',
      }),
      tag: t.exposeString('tag', { description: 'The tag. Null where none is named, which pulls `latest`.' }),
      digest: t.exposeString('digest', {
        description:
          'The digest, `sha256:...`: the one named, or the one that ECS resolved the tag to. Null if unknown.',
      }),
    }),
  });
  graph.builder.objectFields(graph.outputType('ContainerDefinition'), (t) => ({
    imageReference: t.field({
      type: ref,
      nullable: false,
      description: 'The parts of `image`. Costs no call.',
      extensions: { members: ['image'] },
      resolve: ({ image = '' }) => toImageReference(image),
    }),
  }));
  graph.builder.objectFields(graph.outputType('Container'), (t) => ({
    imageReference: t.field({
      type: ref,
      description:
        'The parts of `image`, with the digest that runs. Null where ECS does not name the image. Costs no call.',
      extensions: { members: ['image', 'imageDigest'] },
      resolve: ({ image, imageDigest }) => (image === undefined ? null : toImageReference(image, imageDigest)),
    }),
  }));
  return ref;
}
