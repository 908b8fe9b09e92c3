package io.nightfeed.run;

import io.nightfeed.lake.Lake;
import io.nightfeed.lake.TableUses;
import io.nightfeed.tables.Columns;
import io.nightfeed.tables.TableSpec;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineage.RunEvent;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.client.OpenLineage.RunFacetsBuilder;
import io.openlineage.client.utils.UUIDUtils;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The events of one run of a job. Tables are named as OpenLineage's listener for Spark names Delta
 * tables, so that what others read from them is connected. Of what is in the tables, events have
 * the numbers of rows alone; why a run failed may quote rows, and stands in its record.
 */
final class LineageEvents {
  private static final String JOB_PREFIX = "nightfeed.";
  private static final String DEFAULT_NAMESPACE = "nightfeed";
  private static final String FILES = "file";

  private final OpenLineage lineage;
  private final Map<String, String> properties;
  private final RunRecord record;
  private final UUID id;

  /**
   * @param properties those of OpenLineage, without their prefix
   */
  LineageEvents(Map<String, String> properties, RunRecord record) {
    this.properties = properties;
    this.record = record;
    var version = LineageEvents.class.getPackage().getImplementationVersion();
    lineage = new OpenLineage(URI.create("urn:nightfeed:" + version));
    // Every attempt is a run of its own; record.runId() is the same for all jobs of the night.
    id = UUIDUtils.generateNewUUID();
  }

  RunEvent start() {
    return event(EventType.START, record.startedAt(), facets(), List.of(), List.of());
  }

  RunEvent end(Lake lake) {
    if (record.code() == ExitCode.OK) {
      return event(EventType.COMPLETE, record.finishedAt(), facets(), lake);
    }
    var why = "exit code " + record.code().status() + " (" + record.code() + ")";
    return event(EventType.FAIL, record.finishedAt(), failed(why), lake);
  }

  /** For a run whose record was not finished. */
  RunEvent broken(Lake lake) {
    return event(EventType.FAIL, Instant.now(), failed("an error of the process"), lake);
  }

  private RunFacetsBuilder failed(String why) {
    var message = why + "; run.json of the night and the log say more";
    return facets().errorMessage(lineage.newErrorMessageRunFacet(message, "Java", null));
  }

  private RunEvent event(EventType type, Instant at, RunFacetsBuilder facets, Lake lake) {
    var uses = lake.uses();
    var inputs = uses.inputs().stream().map(input -> dataset(lake, input)).toList();
    var outputs = uses.outputs().stream().map(output -> dataset(lake, output)).toList();
    return event(type, at, facets, inputs, outputs);
  }

  private RunEvent event(
      EventType type,
      Instant at,
      RunFacetsBuilder facets,
      List<OpenLineage.InputDataset> inputs,
      List<OpenLineage.OutputDataset> outputs) {
    var jobType = lineage.newJobTypeJobFacet("BATCH", "SPARK", "JOB");
    var namespace = properties.getOrDefault("namespace", DEFAULT_NAMESPACE);
    return lineage
        .newRunEventBuilder()
        .eventType(type)
        .eventTime(at.atZone(ZoneOffset.UTC))
        .run(lineage.newRun(id, facets.build()))
        .job(
            lineage.newJob(
                namespace,
                JOB_PREFIX + record.job(),
                lineage.newJobFacetsBuilder().jobType(jobType).build()))
        .inputs(inputs)
        .outputs(outputs)
        .build();
  }

  private RunFacetsBuilder facets() {
    var night = record.runDate().atStartOfDay(ZoneOffset.UTC);
    var runId = lineage.newTagsRunFacetFields("run_id", record.runId(), "NIGHTFEED");
    var facets =
        lineage
            .newRunFacetsBuilder()
            .nominalTime(lineage.newNominalTimeRunFacet(night, null))
            .tags(lineage.newTagsRunFacet(List.of(runId)));
    if (properties.containsKey("parentRunId")) {
      facets.parent(parent());
    }
    return facets;
  }

  /** Whoever started the run, as Airflow's provider of OpenLineage says it. */
  private OpenLineage.ParentRunFacet parent() {
    var namespace = properties.get("parentJobNamespace");
    var name = properties.get("parentJobName");
    var run = properties.get("parentRunId");
    var root =
        lineage.newParentRunFacetRoot(
            lineage.newRootRun(UUID.fromString(properties.getOrDefault("rootParentRunId", run))),
            lineage.newRootJob(
                properties.getOrDefault("rootParentJobNamespace", namespace),
                properties.getOrDefault("rootParentJobName", name)));
    return lineage.newParentRunFacet(
        lineage.newParentRunFacetRun(UUID.fromString(run)),
        lineage.newParentRunFacetJob(namespace, name),
        root);
  }

  private OpenLineage.InputDataset dataset(Lake lake, TableUses.Input input) {
    return lineage
        .newInputDatasetBuilder()
        .namespace(FILES)
        .name(lake.location(input.table()).toString())
        .facets(facets(input.table(), input.version()))
        .build();
  }

  private OpenLineage.OutputDataset dataset(Lake lake, TableUses.Output output) {
    var location = lake.location(output.table());
    var slice = location.resolve(Columns.RUN_DATE + "=" + output.slice()).toUri().toString();
    var subset = lineage.newLocationSubsetCondition(List.of(slice));
    return lineage
        .newOutputDatasetBuilder()
        .namespace(FILES)
        .name(location.toString())
        .facets(facets(output.table(), output.version()))
        .outputFacets(
            lineage
                .newOutputDatasetOutputFacetsBuilder()
                .outputStatistics(
                    lineage
                        .newOutputStatisticsOutputDatasetFacetBuilder()
                        .rowCount(output.rows())
                        .build())
                .put("subset", lineage.newOutputSubsetOutputDatasetFacet(subset))
                .build())
        .build();
  }

  private OpenLineage.DatasetFacets facets(TableSpec table, long version) {
    var fields =
        Arrays.stream(table.schema().fields())
            .map(
                field ->
                    lineage
                        .newSchemaDatasetFacetFieldsBuilder()
                        .name(field.name())
                        .type(field.dataType().simpleString())
                        .description(field.getComment().get())
                        .build())
            .toList();
    return lineage
        .newDatasetFacetsBuilder()
        .schema(lineage.newSchemaDatasetFacet(fields))
        .version(lineage.newDatasetVersionDatasetFacet(Long.toString(version)))
        .build();
  }
}
