package io.nightfeed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the settings from their defaults, overlay files and single overrides. */
public final class SettingsLoader {
  private static final Logger LOG = LoggerFactory.getLogger(SettingsLoader.class);
  private static final String ROOT = "nightfeed";

  /**
   * Settings that say where things are, what is refused, what is kept or how others are searched
   * for: no job's rows change.
   */
  private static final List<String> ASIDE =
      List.of(
          "raw-folder",
          "lake-folder",
          "models-folder",
          "pseudonyms",
          "publish",
          "tune",
          "maintain");

  private SettingsLoader() {}

  /**
   * @param overlays files whose keys replace defaults; later files go before earlier ones
   * @param overrides single keys below {@code nightfeed}, such as {@code train.rank}
   * @throws SettingsException with every missing file, unknown key, wrong type and value out of
   *     range
   */
  public static Settings load(List<Path> overlays, Map<String, String> overrides) {
    var problems = new ArrayList<String>();
    var reference =
        ConfigFactory.parseResources(SettingsLoader.class.getClassLoader(), "reference.conf");
    var overlay = ConfigFactory.empty();
    for (var file : overlays) {
      overlay = parse(file, problems).withFallback(overlay);
    }
    overlay = parse(overrides, problems).withFallback(overlay);
    refuseUnknownKeys(overlay, reference, problems);

    var config = overlay.withFallback(reference).resolve();
    try {
      config.checkValid(reference.resolve(), ROOT);
      var effective = config.getConfig(ROOT);
      var settings = new SettingsReader(effective, problems).read(digest(effective));
      LOG.info("Effective settings: {}", render(effective));
      return settings;
    } catch (ConfigException.ValidationFailed failed) {
      failed.problems().forEach(p -> problems.add(p.path() + ": " + p.problem()));
    } catch (ConfigException e) {
      problems.add(e.getMessage());
    }
    throw new SettingsException(problems);
  }

  private static Config parse(Path file, List<String> problems) {
    if (!Files.isRegularFile(file)) {
      problems.add(
          file + ": no such file; --config expects a settings file such as conf/local.conf");
      return ConfigFactory.empty();
    }
    try {
      return ConfigFactory.parseFile(file.toFile());
    } catch (ConfigException e) {
      problems.add(e.getMessage());
      return ConfigFactory.empty();
    }
  }

  private static Config parse(Map<String, String> overrides, List<String> problems) {
    var config = ConfigFactory.empty();
    for (var entry : new TreeMap<>(overrides).entrySet()) {
      try {
        config =
            ConfigFactory.parseString(ROOT + "." + entry.getKey() + " = " + entry.getValue())
                .withFallback(config);
      } catch (ConfigException e) {
        problems.add("--set " + entry.getKey() + ": " + e.getMessage());
      }
    }
    return config;
  }

  private static void refuseUnknownKeys(Config overlay, Config reference, List<String> problems) {
    for (var entry : overlay.entrySet()) {
      var path = ConfigUtil.splitPath(entry.getKey());
      if (!path.get(0).equals(ROOT) || !reference.hasPathOrNull(entry.getKey())) {
        problems.add(
            "%s (%s): unknown key; every key stands in reference.conf"
                .formatted(entry.getKey(), entry.getValue().origin().description()));
      }
    }
  }

  private static String render(Config config) {
    return config.root().render(ConfigRenderOptions.concise());
  }

  /** Tells settings that compute other rows apart; where files lie does not count. */
  private static String digest(Config effective) {
    var what = effective;
    for (var path : ASIDE) {
      what = what.withoutPath(path);
    }
    return DigestUtils.sha256Hex(render(what));
  }
}
