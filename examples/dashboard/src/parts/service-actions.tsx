import { useMutation, useQuery } from 'urql';
import { mainImage, revisionName } from '../format';
import { newKey } from '../gateway';
import {
  DeployImagesDocument,
  RevisionsDocument,
  ScaleServiceDocument,
  type ServicePageQuery,
  StopServiceDeploymentDocument,
  UpdateServiceDocument,
} from '../generated/graphql';
import { ConfirmButton } from './confirm';

type Service = NonNullable<ServicePageQuery['service']>;

export function ServiceActions({ service, onChange }: { readonly service: Service; readonly onChange: () => void }) {
  const [, update] = useMutation(UpdateServiceDocument);
  const [, scale] = useMutation(ScaleServiceDocument);
  const [, deploy] = useMutation(DeployImagesDocument);
  const [, stop] = useMutation(StopServiceDeploymentDocument);
  const running = service.serviceDeployments?.nodes.find(
    ({ status }) => status === 'IN_PROGRESS' || status === 'PENDING',
  );
  const name = service.serviceName;
  const isGone = service.status !== 'ACTIVE';

  function runDeploy(form: FormData) {
    const revision = String(form.get('revision') ?? '');
    if (revision !== '') {
      return update({ input: { service: service.id, taskDefinition: revision }, idempotencyKey: newKey() });
    }
    const images = (service.taskDefinition?.containerDefinitions ?? []).flatMap(({ name: container, image }) => {
      const wanted = String(form.get(`image of ${container}`) ?? '').trim();
      return container && wanted !== '' && wanted !== image ? [{ container, image: wanted }] : [];
    });
    if (images.length === 0) return 'Change an image, or choose a revision.';
    const expectedRevision = service.taskDefinition?.revision;
    return deploy({ service: service.id, images, expectedRevision, idempotencyKey: newKey() });
  }

  return (
    <div className="actions" role="toolbar" aria-label="Actions">
      <ConfirmButton
        label="Deploy"
        title={`Deploy ${name}`}
        text="New images make a new revision of the task definition; everything else stays as it is in the one that runs."
        action="Deploy"
        tone="primary"
        isDisabled={isGone}
        run={(form) => runDeploy(form)}
        onDone={onChange}
      >
        <DeployFields service={service} />
      </ConfirmButton>
      <ConfirmButton
        label="Scale"
        title={`Scale ${name}`}
        text="ECS starts or stops tasks until so many run."
        action="Scale"
        tone="primary"
        isDisabled={isGone}
        run={(form) =>
          scale({
            service: service.id,
            desiredCount: Number(form.get('count')),
            // Another user may have scaled it since this page was read.
            expectedDesiredCount: service.desiredCount,
            idempotencyKey: newKey(),
          })
        }
        onDone={onChange}
      >
        <label className="field">
          Desired tasks
          <input name="count" type="number" min={0} max={5000} required defaultValue={service.desiredCount} />
        </label>
      </ConfirmButton>
      <ConfirmButton
        label="Restart"
        title={`Restart ${name}?`}
        text={`A new deployment replaces all ${service.runningCount} tasks, with the same revision.`}
        action="Restart"
        tone="primary"
        isDisabled={isGone}
        run={() => update({ input: { service: service.id, forceNewDeployment: true }, idempotencyKey: newKey() })}
        onDone={onChange}
      />
      {running ? (
        <ConfirmButton
          label="Roll back"
          title={`Roll back ${name}?`}
          text="The deployment under way stops, and ECS goes back to the revision that ran before it."
          action="Roll back"
          run={() =>
            stop({ input: { serviceDeploymentArn: running.id, stopType: 'ROLLBACK' }, idempotencyKey: newKey() })
          }
          onDone={onChange}
        />
      ) : (
        <RollBackToLast service={service} isDisabled={isGone} onChange={onChange} />
      )}
    </div>
  );
}

/** Deploys what ran before, where nothing is under way that ECS could roll back itself. */
function RollBackToLast({
  service,
  isDisabled,
  onChange,
}: {
  readonly service: Service;
  readonly isDisabled: boolean;
  readonly onChange: () => void;
}) {
  const [, update] = useMutation(UpdateServiceDocument);
  const current = service.taskDefinition?.id;
  const last = service.serviceDeployments?.nodes
    .filter(({ status }) => status === 'SUCCESSFUL')
    .map(({ targetServiceRevision }) => targetServiceRevision?.serviceRevision?.taskDefinition)
    .find((definition) => definition && definition.id !== current);
  return (
    <ConfirmButton
      label="Roll back"
      title={`Roll back ${service.serviceName}?`}
      text={
        last
          ? `A new deployment goes back to ${revisionName(last)} (${mainImage(last)}), the last one that succeeded.`
          : ''
      }
      action="Roll back"
      isDisabled={isDisabled || !last}
      run={() =>
        last
          ? update({ input: { service: service.id, taskDefinition: last.id }, idempotencyKey: newKey() })
          : 'There is nothing to go back to.'
      }
      onDone={onChange}
    />
  );
}

/** An image for each container, or a revision that exists. */
function DeployFields({ service }: { readonly service: Service }) {
  const [{ data }] = useQuery({
    query: RevisionsDocument,
    variables: { family: service.taskDefinition?.family ?? '' },
    requestPolicy: 'cache-and-network',
  });
  const others = (data?.taskDefinitions?.nodes ?? []).filter(({ id }) => id !== service.taskDefinition?.id);
  return (
    <>
      {(service.taskDefinition?.containerDefinitions ?? []).map(({ name, image }) => (
        <label className="field" key={name}>
          Image of {name}
          <input
            name={`image of ${name}`}
            className="code"
            defaultValue={image ?? ''}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
      ))}
      {others.length > 0 && (
        <label className="field">
          Or a revision that exists
          <select name="revision" className="code" defaultValue="">
            <option value="">none: register a new one</option>
            {others.map((definition) => (
              <option key={definition.id} value={definition.id}>
                {revisionName(definition)} {mainImage(definition)}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}
